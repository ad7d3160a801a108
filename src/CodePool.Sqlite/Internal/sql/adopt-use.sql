UPDATE codepool_codes SET status = 1, updated_at = @now WHERE pool = @pool AND number = @number AND status = 0;
