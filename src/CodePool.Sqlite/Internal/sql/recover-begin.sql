UPDATE codepool_pools SET recovering = 1 WHERE id = @pool;
