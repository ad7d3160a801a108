-- The exact runs of open codes: within one, number and rank grow together. A run is cut where the unseen codes begin.
SELECT min(number), max(number)
FROM (
  SELECT number, number - row_number() OVER (ORDER BY number) AS island, number >= @unseen AS unseen
  FROM codepool_codes
  WHERE pool = @pool AND number BETWEEN @first AND @last AND status = 0)
GROUP BY island, unseen
ORDER BY 1;
