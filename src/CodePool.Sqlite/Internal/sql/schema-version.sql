SELECT coalesce(max(version), 0) FROM codepool_schema;
