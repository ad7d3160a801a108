INSERT INTO codepool_leases (pool, number, first, last, epoch, token, operation, state, recovery)
VALUES (@pool, @number, 1, @last, 0, zeroblob(16), zeroblob(16), 1, 1);
