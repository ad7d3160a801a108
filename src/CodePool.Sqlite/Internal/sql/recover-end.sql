UPDATE codepool_pools
SET
  recovering = @recovering, recovered_epoch = @next_epoch, current_epoch = 0, leased_to = @leased_to,
  next_lease = @next_lease, next_epoch = @next_epoch,
  settled_used = @used, settled_unconfirmed = @unconfirmed, settled_void = @void
WHERE id = @pool;
