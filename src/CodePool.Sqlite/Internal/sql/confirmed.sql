-- Also those of the operation's own earlier attempt, whose answer was lost; their lease may have been settled since.
SELECT min(j.key)
FROM json_each(@codes) j
CROSS JOIN codepool_codes c ON c.pool = @pool AND c.number = j.value ->> 1 AND c.code = j.value ->> 2
WHERE c.status = 1 AND c.operation = @operation
GROUP BY c.number
ORDER BY 1;
