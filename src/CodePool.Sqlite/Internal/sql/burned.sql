SELECT reason, codes FROM codepool_burned WHERE pool = @pool AND codes > 0;
