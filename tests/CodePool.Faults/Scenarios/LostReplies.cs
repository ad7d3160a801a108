using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.Redis.Internal;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>Scripts run, and nobody hears of it.</summary>
/// <param name="script">Which: pop, push or open.</param>
/// <param name="consistency">The pool's.</param>
internal sealed class LostReplies(string script, CodeConsistency consistency) : Scenario(script == Push ? "lost-pushes" : $"lost-{script}s", consistency)
{
    private const string Pop = "pop", Push = "push", Open = "open";
    private const double ShareOfPops = 0.05, ShareOfPushes = 0.3, ShareOfOpens = 0.5;

    public override string Description => script switch
    {
        Pop => "one pop in twenty loses its reply, and its connection with it",
        Push => "three pushes in ten lose their reply",
        _ => "half of the opens lose their reply, while FLUSHALL makes new ones necessary",
    };

    public override IReadOnlyList<string> Off => script switch
    {
        Pop => [IsConfirmed ? Protection.Settle : Protection.Journal],
        Push => Redis(Protection.PushOnce),
        _ => [IsConfirmed ? Protection.Settle : Protection.OpenOnce],
    };

    public override bool LosesJournal => script == Open;

    /// <summary>Pops come by the thousand, pushes by the dozen.</summary>
    private double ShareLost => script switch
    {
        Pop => ShareOfPops,
        Push => ShareOfPushes,
        _ => ShareOfOpens,
    };

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        FaultProxy proxy = run.StartProxy(redis);
        await run.StartWorkersAsync(proxy.Port);
        await run.TakeAsync(0.2);
        string text = Text(new RedisScripts(new WeakScripts(run.Settings.Without).Weaken));
        proxy.Rule = FaultRules.LoseReplies(ShareLost, run.Settings.Seed, request => request.Runs(text));
        run.Fault();
        for (int time = 0; time < 4; time++)
        {
            if (script == Open)
                await redis.ExecuteAsync("FLUSHALL");
            await run.TakeAsync(0.15);
        }

        proxy.Rule = FaultRules.Pass;
        run.Fault();
        await run.TakeAsync(0.2);
    }

    private string Text(RedisScripts scripts) => script switch
    {
        Pop => scripts.Pop.Text,
        Push => scripts.Push.Text,
        _ => scripts.Open.Text,
    };
}
