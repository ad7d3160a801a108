UPDATE codepool_pools SET current_epoch = 0 WHERE id = @pool AND current_epoch = @number;
