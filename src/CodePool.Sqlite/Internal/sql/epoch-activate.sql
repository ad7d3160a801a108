UPDATE codepool_epochs SET state = 1 WHERE pool = @pool AND number = @number AND token = @token AND state = 0;
