SELECT first, last FROM codepool_returned WHERE pool = @pool ORDER BY first LIMIT @count;
