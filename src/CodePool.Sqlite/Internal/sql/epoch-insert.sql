INSERT INTO codepool_epochs (pool, number, token, kind, cache_identity, consistency, state, opened_at)
VALUES (@pool, @number, @token, @kind, @identity, @consistency, @state, @now);
