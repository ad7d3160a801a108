INSERT INTO codepool_codes (pool, number, code, status, created_at, updated_at)
VALUES (@pool, @number, @code, 1, @now, @now);
