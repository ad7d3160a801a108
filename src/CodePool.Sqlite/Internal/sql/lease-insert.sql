INSERT INTO codepool_leases (pool, number, first, last, epoch, token, operation, state)
VALUES (@pool, @number, @first, @last, @epoch, @token, @operation, @state);
