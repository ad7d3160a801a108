SELECT
  p.id, p.uid, p.format, p.consistency, p.recovering, p.recovered_epoch, p.current_epoch,
  p.leased_to, p.next_lease, p.next_epoch, p.settled_unconfirmed, f.filled_to
FROM codepool_pools p
JOIN codepool_fills f ON f.pool = p.id
WHERE p.name = @name;
