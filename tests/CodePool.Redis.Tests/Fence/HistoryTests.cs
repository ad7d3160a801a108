using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;

namespace CodePool.Redis.Tests.Fence;

/// <summary>Data that went back in time: with the fence no code is popped twice, and without its line for it codes are.</summary>
public sealed class HistoryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled, false)]
    [InlineData(CodeConsistency.Journaled, true)]
    [InlineData(CodeConsistency.Confirmed, false)]
    [InlineData(CodeConsistency.Confirmed, true)]
    public async Task A_lossy_failover(CodeConsistency consistency, bool weakened)
    {
        await using RedisInstance primary = await RedisInstance.StartNewAsync();
        await using RedisInstance replica = await RedisInstance.StartNewAsync();
        await AttachAsync(replica, primary);
        await using var pool = new TestPool(primary, consistency);
        RedisCodeCache before = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, before);
        await primary.WaitForReplicaAsync(replica);
        await replica.ReplicaOfAsync("127.0.0.1", 1);
        IReadOnlyList<long> handedOut = await before.PopAsync(4);
        await primary.KillAsync();
        await replica.PromoteAsync();

        RedisCodeCache after = pool.CreateProcess(replica, Weakened.If(weakened, Weakened.Replid));
        await AssertAsync(after, epoch, handedOut, weakened);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_primary_demoted_and_promoted_again_unseen(bool weakened)
    {
        await using RedisInstance a = await RedisInstance.StartNewAsync();
        await using RedisInstance b = await RedisInstance.StartNewAsync();
        await AttachAsync(b, a);
        await using var pool = new TestPool(a);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.Replid));
        Epoch epoch = await StartAsync(pool, process);
        await a.WaitForReplicaAsync(b);
        await b.PromoteAsync();
        IReadOnlyList<long> handedOut = await process.PopAsync(4);
        await a.ReplicaOfAsync(b);
        await b.WaitForReplicaAsync(a);
        await a.PromoteAsync();

        await AssertAsync(process, epoch, handedOut, weakened);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_promoted_replica_whose_old_history_is_remembered(bool weakened)
    {
        await using RedisInstance primary = await RedisInstance.StartNewAsync();
        await using RedisInstance replica = await RedisInstance.StartNewAsync();
        await AttachAsync(replica, primary);
        await using var pool = new TestPool(primary);
        RedisCodeCache before = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, before);
        await primary.WaitForReplicaAsync(replica);
        await replica.PromoteAsync();
        IReadOnlyList<long> handedOut = await before.PopAsync(4);
        Assert.Equal(epoch.CacheIdentity, (await replica.InfoAsync("replication"))["master_replid2"]);

        // Both live on: a split brain.
        RedisCodeCache after = pool.CreateProcess(replica, Weakened.If(weakened, Weakened.Replid));
        await AssertAsync(after, epoch, handedOut, weakened);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_restart_from_an_old_snapshot(bool weakened)
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions { Persistence = RedisPersistence.Snapshot });
        await using var pool = new TestPool(server);
        RedisCodeCache before = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, before);
        await server.SaveAsync();
        IReadOnlyList<long> handedOut = await before.PopAsync(4);
        await server.KillAsync();
        await server.StartAsync();

        await AssertAsync(pool.CreateProcess(Weakened.If(weakened, Weakened.Replid)), epoch, handedOut, weakened);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clean_restart_that_has_lost_nothing(bool weakened)
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions { Persistence = RedisPersistence.AppendAlways });
        await using var pool = new TestPool(server);
        RedisCodeCache before = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, before);
        await before.PopAsync(4);
        await server.StopAsync();
        await server.StartAsync();

        // The fence cannot tell it from one that has, and refuses as well: a rotation costs codes, a repeat costs trust.
        RedisCodeCache after = pool.CreateProcess(Weakened.If(weakened, Weakened.Replid));
        after.Join(epoch);
        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, await after.PopStatusAsync(4));
    }

    [Fact]
    public async Task A_first_replica_gives_its_primary_a_new_history_too()
    {
        await using RedisInstance primary = await RedisInstance.StartNewAsync();
        await using RedisInstance replica = await RedisInstance.StartNewAsync();
        await using var pool = new TestPool(primary);
        RedisCodeCache process = pool.CreateProcess();
        await StartAsync(pool, process);
        await replica.ReplicaOfAsync(primary);
        await primary.WaitForReplicaAsync(replica);

        // Nothing was lost, but Redis begins a history with its backlog: one rotation.
        Assert.Equal(CacheStatus.Fenced, await process.PopStatusAsync(1));
        await process.OpenAsync(pool, number: 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_writable_replica(bool weakened)
    {
        await using RedisInstance primary = await RedisInstance.StartNewAsync();
        await using RedisInstance replica = await RedisInstance.StartNewAsync("replica-read-only no");
        await using var pool = new TestPool(primary);

        // Connected while it still was a primary: the client believes that it is one.
        RedisCodeCache behind = pool.CreateProcess(replica, Weakened.If(weakened, Weakened.Role));
        await behind.LookAsync();
        await AttachAsync(replica, primary);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, process);
        await primary.WaitForReplicaAsync(replica);
        behind.Join(epoch);

        if (weakened)
        {
            IReadOnlyList<long> handedOut = await behind.PopAsync(4);
            Assert.Equal(handedOut, await process.PopAsync(4));
            return;
        }

        // Not executed, and no reason to rotate: the primary is well.
        CodePoolCacheUnavailableException refused = await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(() => behind.PopStatusAsync(4));
        Assert.True(refused.PossiblyTaken == 0, refused.ToString());
        await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(() => behind.PushAsync(epoch, lease: 2, first: 20, count: 1));
        await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(behind.LookAsync);
        Assert.Equal(CacheStatus.Ok, await process.PopStatusAsync(1));
    }

    /// <summary>Before the epoch: the first replica to attach makes its primary begin a new history.</summary>
    private static async Task AttachAsync(RedisInstance replica, RedisInstance primary)
    {
        await replica.ReplicaOfAsync(primary);
        await primary.WaitForReplicaAsync(replica);
    }

    private static async Task<Epoch> StartAsync(TestPool pool, RedisCodeCache process)
    {
        Epoch epoch = await process.OpenAsync(pool);
        Assert.Equal(CacheStatus.Ok, await process.PushAsync(epoch, lease: 1, first: 1, count: 10));
        return epoch;
    }

    private static async Task AssertAsync(RedisCodeCache after, Epoch epoch, IReadOnlyList<long> handedOut, bool weakened)
    {
        after.Join(epoch);
        PopResult pop = await after.PopAsync(4, Token);
        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, pop.Status);
        Assert.Equal(weakened ? handedOut.Count : 0, pop.Codes.Select(code => code.Number).Intersect(handedOut).Count());
        Assert.Equal(weakened ? CacheStatus.Duplicate : CacheStatus.Fenced, await after.PushAsync(epoch, lease: 1, first: 1, count: 10));
        if (!weakened)
            Assert.NotEqual(epoch.CacheIdentity, (await after.LookAsync()).Identity);
    }
}
