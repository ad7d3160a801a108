-- CROSS JOIN fixes the order of the loops: left to itself the planner may read the whole table once for each element.
SELECT c.code
FROM json_each(@codes) j
CROSS JOIN codepool_codes c ON c.pool = @pool AND c.code = j.value;
