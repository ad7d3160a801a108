SELECT number, first, last
FROM codepool_leases
WHERE pool = @pool AND state = 0 AND operation = @operation AND token = @token
ORDER BY number;
