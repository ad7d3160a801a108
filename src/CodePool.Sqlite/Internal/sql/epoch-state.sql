SELECT state FROM codepool_epochs WHERE pool = @pool AND number = @number AND token = @token;
