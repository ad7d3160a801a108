INSERT INTO codepool_pools (uid, name, format, consistency) VALUES (@uid, @name, @format, @consistency);
