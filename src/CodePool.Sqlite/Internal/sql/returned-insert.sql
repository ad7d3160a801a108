INSERT INTO codepool_returned (pool, first, last) VALUES (@pool, @first, @last);
