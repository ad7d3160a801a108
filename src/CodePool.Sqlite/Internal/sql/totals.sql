UPDATE codepool_pools
SET settled_used = settled_used + @used, settled_unconfirmed = settled_unconfirmed + @unconfirmed, settled_void = settled_void + @void
WHERE id = @pool;
