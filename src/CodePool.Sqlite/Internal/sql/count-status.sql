SELECT count(*) FILTER (WHERE status = 0), count(*) FILTER (WHERE status = 1), count(*) FILTER (WHERE status = 2)
FROM codepool_codes
WHERE pool = @pool AND number BETWEEN @first AND @last;
