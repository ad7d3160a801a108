INSERT INTO codepool_schema (version) VALUES (@version);
