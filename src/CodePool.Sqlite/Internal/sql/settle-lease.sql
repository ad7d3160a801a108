SELECT l.first, l.last, l.epoch, l.operation, e.consistency, e.reason
FROM codepool_leases l
LEFT JOIN codepool_epochs e ON e.pool = l.pool AND e.number = l.epoch AND e.token = l.token
WHERE l.pool = @pool AND l.number = @number AND l.token = @token AND l.state = 0;
