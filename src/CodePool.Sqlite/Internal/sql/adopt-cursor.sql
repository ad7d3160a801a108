UPDATE codepool_pools SET leased_to = @leased_to WHERE id = @pool;
