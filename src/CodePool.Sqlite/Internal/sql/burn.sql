INSERT INTO codepool_burned (pool, reason, codes) VALUES (@pool, @reason, @codes)
ON CONFLICT (pool, reason) DO UPDATE SET codes = codes + excluded.codes;
