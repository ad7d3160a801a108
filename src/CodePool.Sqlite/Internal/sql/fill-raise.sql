UPDATE codepool_fills SET filled_to = filled_to + @stored WHERE pool = @pool;
