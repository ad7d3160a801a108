SELECT 1 FROM codepool_leases WHERE pool = @pool AND state = 0 AND @number BETWEEN first AND last LIMIT 1;
