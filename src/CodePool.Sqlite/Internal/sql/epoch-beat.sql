UPDATE codepool_epochs SET beats = beats + 1 WHERE pool = @pool AND number = @number AND token = @token AND state <> 2;
