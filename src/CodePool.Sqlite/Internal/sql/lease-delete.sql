DELETE FROM codepool_leases WHERE pool = @pool AND number = @number AND token = @token AND state = 0;
