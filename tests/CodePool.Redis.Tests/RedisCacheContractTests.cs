using CodePool.ContractTests;

namespace CodePool.Redis.Tests;

public sealed class RedisCacheContractTests : CacheContract<RedisHarness>;
