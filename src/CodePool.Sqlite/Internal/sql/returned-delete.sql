DELETE FROM codepool_returned WHERE pool = @pool AND first = @first;
