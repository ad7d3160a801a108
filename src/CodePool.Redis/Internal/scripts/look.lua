-- Unfenced: what this server is, and what it holds of the pool. KEYS: 1 meta.
-- Removes nothing. It is a write that needs no room: a server that refuses writes (a failed snapshot, too few replicas) refuses it here,
-- and is not taken for one that can serve pops.
redis.call('HDEL', KEYS[1], '')
return {
  redis.call('INFO', 'server'), redis.call('INFO', 'replication'), redis.call('INFO', 'memory'), redis.call('HGETALL', KEYS[1]),
}
