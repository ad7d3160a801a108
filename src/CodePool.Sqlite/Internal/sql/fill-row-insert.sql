INSERT INTO codepool_fills (pool) SELECT id FROM codepool_pools WHERE name = @name;
