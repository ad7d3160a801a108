SELECT number, status, created_at, updated_at FROM codepool_codes WHERE pool = @pool AND code = @code;
