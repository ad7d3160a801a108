-- The last run that begins at or before the number: runs do not overlap, so only this one can hold it.
SELECT first, last FROM codepool_returned WHERE pool = @pool AND first <= @number ORDER BY first DESC LIMIT 1;
