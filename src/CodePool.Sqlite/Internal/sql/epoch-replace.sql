UPDATE codepool_epochs
SET state = 2, reason = @reason, closed_at = @now
WHERE pool = @pool AND number = @number AND state <> 2;
