-- Unfenced: what this server is, and what it holds of the pool. KEYS: 1 meta.
return {
  redis.call('INFO', 'server'), redis.call('INFO', 'replication'), redis.call('INFO', 'memory'), redis.call('HGETALL', KEYS[1]),
}
