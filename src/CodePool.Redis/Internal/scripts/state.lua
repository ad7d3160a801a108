-- All that meta holds: levels, and which leases are known.
return redis.call('HGETALL', KEYS[1])
