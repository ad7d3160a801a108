UPDATE codepool_pools SET leased_to = @leased_to, next_lease = @next_lease WHERE id = @pool;
