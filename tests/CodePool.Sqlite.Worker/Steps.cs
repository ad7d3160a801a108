using System.Globalization;
using CodePool.Providers;

namespace CodePool.Sqlite.Worker;

/// <summary>What the worker can be told to do. Only numbers are printed.</summary>
internal static class Steps
{
    private const int Batch = 200;

    public static async Task RunAsync(CodeStore store, string step)
    {
        Task work = step switch
        {
            "open" => Task.CompletedTask,
            "fill" => FillAsync(store),
            "lease" => LeaseAsync(store, endless: true),
            "drain" => LeaseAsync(store, endless: false),
            "mark" => TakeAsync(store, MarkAsync),
            "confirm" => TakeAsync(store, ConfirmAsync),
            "settle" => TakeAsync(store, SettleAsync),
            _ => throw new ArgumentOutOfRangeException(nameof(step)),
        };
        await work;
        Console.WriteLine("done");
    }

    private static async Task FillAsync(CodeStore store)
    {
        while (true)
        {
            Console.WriteLine("begin");
            FillResult result = await FillOnceAsync(store, long.MaxValue);
            Say("filled", result.Generated);
        }
    }

    private static async Task LeaseAsync(CodeStore store, bool endless)
    {
        Epoch epoch = await OpenEpochAsync(store);
        while (true)
        {
            if (endless)
                await FillOnceAsync(store, Batch);
            Console.WriteLine("begin");
            LeaseResult result = await store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), 7, 0), CancellationToken.None);
            foreach (Lease lease in result.Leases)
                Say("leased", lease.Number, lease.First, lease.Last);
            if (result.Outcome == LeaseOutcome.Empty)
                return;
        }
    }

    private static async Task TakeAsync(CodeStore store, Func<CodeStore, Epoch, Lease, Task> take)
    {
        Epoch epoch = await OpenEpochAsync(store);
        while (true)
        {
            await FillOnceAsync(store, Batch);
            LeaseResult result = await store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), 100, 0), CancellationToken.None);
            foreach (Lease lease in result.Leases)
                await take(store, epoch, lease);
        }
    }

    private static async Task MarkAsync(CodeStore store, Epoch epoch, Lease lease)
    {
        Console.WriteLine("begin");
        await store.MarkAsync(epoch, Codes(lease), CancellationToken.None);
        Say("used", lease.First, lease.Last);
    }

    private static async Task ConfirmAsync(CodeStore store, Epoch epoch, Lease lease)
    {
        foreach (LeasedCode code in Codes(lease))
        {
            Console.WriteLine("begin");
            if ((await store.ConfirmAsync(epoch, Guid.NewGuid(), [code], CancellationToken.None)).Count == 1)
                Say("used", code.Number, code.Number);
        }
    }

    private static async Task SettleAsync(CodeStore store, Epoch epoch, Lease lease)
    {
        await store.MarkAsync(epoch, [.. Codes(lease).Where(code => code.Number % 3 == 0)], CancellationToken.None);
        Console.WriteLine("begin");
        await store.SettleAsync(epoch, [new LeaseSettlement(lease.Number, lease.First + 50)], CancellationToken.None);
        Say("settled", lease.Number);
    }

    private static async Task<Epoch> OpenEpochAsync(CodeStore store) => (await store.OpenEpochAsync(
        new EpochRequest(EpochKind.Process, Guid.NewGuid(), $"test/{Environment.ProcessId}"), CancellationToken.None))!;

    private static ValueTask<FillResult> FillOnceAsync(CodeStore store, long target) => store.FillAsync(
        new FillRequest(target, Batch, count => [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid().ToString("N"))]),
        CancellationToken.None);

    private static LeasedCode[] Codes(Lease lease) =>
        [.. lease.Codes.Select((code, index) => new LeasedCode(lease.Number, lease.First + index, code))];

    private static void Say(string what, params long[] numbers) =>
        Console.WriteLine($"{what} {string.Join(' ', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}");
}
