SELECT number, first, last
FROM codepool_leases
WHERE pool = @pool AND state = 0 AND token = @token
ORDER BY number;
