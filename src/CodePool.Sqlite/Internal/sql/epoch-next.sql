UPDATE codepool_pools
SET next_epoch = @number + 1, current_epoch = CASE WHEN @shared THEN @number ELSE current_epoch END
WHERE id = @pool;
