SELECT code
FROM codepool_codes
WHERE pool = @pool AND number BETWEEN @first AND @last AND status = 0
ORDER BY number;
