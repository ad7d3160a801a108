DELETE FROM codepool_leases WHERE pool = @pool;
