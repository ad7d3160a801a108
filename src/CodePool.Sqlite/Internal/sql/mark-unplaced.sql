-- After both updates whatever has a place is Used. Used and Void are final, whoever wrote them: no evidence of anything.
SELECT j.key
FROM json_each(@codes) j
WHERE NOT EXISTS (
  SELECT 1 FROM codepool_codes c WHERE c.pool = @pool AND c.code = j.value ->> 2 AND c.status <> 0)
ORDER BY j.key;
