DELETE FROM codepool_codes WHERE pool = @pool AND number >= @first;
