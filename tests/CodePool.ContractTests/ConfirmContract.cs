using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Confirm: only what this operation made Used while its lease was open may be handed out.</summary>
public abstract class ConfirmContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    private CodeStore _store = null!;
    private Epoch _epoch = null!;
    private Lease _lease = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _store = await OpenConfirmedAsync();
        await _store.FillAsync(10);
        _epoch = await _store.OpenProcessAsync();
        _lease = await _store.LeaseAsync(_epoch, 6);
    }

    [Fact]
    public async Task Popped_codes_become_used_before_they_are_handed_out()
    {
        Harness.Time.Advance(TimeSpan.FromMinutes(1));
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.At(5, 0, 3)), 0, 1, 2);
        await _store.AssertLevelsAsync(available: 4, leased: 3, used: 3);
        Assert.Equal(Harness.Time.GetUtcNow(), (await _store.FindAsync(_lease.Codes[5], Token))?.UpdatedAt);
    }

    [Fact]
    public async Task Several_leases_share_one_call()
    {
        Lease second = await _store.LeaseAsync(_epoch, 2);
        AssertIndices(await _store.ConfirmAsync(_epoch, [.. second.All(), .. _lease.Take(2)]), 0, 1, 2, 3);
        await _store.AssertLevelsAsync(available: 2, leased: 4, used: 4);
    }

    [Fact]
    public async Task An_empty_group_is_nothing() => AssertIndices(await _store.ConfirmAsync(_epoch, []));

    [Fact]
    public async Task A_repeated_operation_gets_the_same_answer()
    {
        var operation = Guid.NewGuid();
        LeasedCode[] group = _lease.At(2, 4);
        AssertIndices(await _store.ConfirmAsync(_epoch, group, operation), 0, 1);
        DateTimeOffset first = Harness.Time.GetUtcNow();
        Harness.Time.Advance(TimeSpan.FromMinutes(1));
        AssertIndices(await _store.ConfirmAsync(_epoch, group, operation), 0, 1);
        AssertIndices(await (await OpenConfirmedAsync()).ConfirmAsync(_epoch, group, operation), 0, 1);
        await _store.AssertLevelsAsync(available: 4, leased: 4, used: 2);
        Assert.Equal(CodeState.Used, (await _store.FindAsync(_lease.Codes[2], Token))?.State);
        Assert.True((await _store.FindAsync(_lease.Codes[2], Token))?.UpdatedAt >= first);
    }

    [Fact]
    public async Task Another_operation_gets_nothing_of_it()
    {
        await _store.ConfirmAsync(_epoch, _lease.At(2, 4));
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.At(2, 3, 4)), 1);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.At(2, 3, 4)));
        await _store.AssertLevelsAsync(available: 4, leased: 3, used: 3);
    }

    [Fact]
    public async Task A_code_twice_in_a_group_is_handed_out_once()
    {
        var operation = Guid.NewGuid();
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.At(1, 2, 1), operation), 0, 1);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.At(1, 2, 1), operation), 0, 1);
        await _store.AssertLevelsAsync(available: 4, leased: 4, used: 2);
    }

    [Fact]
    public async Task What_does_not_match_is_not_handed_out()
    {
        Lease other = await _store.LeaseAsync(_epoch, 2);
        LeasedCode good = _lease.At(0)[0];
        LeasedCode[] hostile =
        [
            good with { Number = 2 },
            good with { Code = _lease.Codes[1] },
            good with { Code = "unknown" },
            good with { Lease = other.Number },
            good with { Lease = 99 },
            good with { Number = 99 },
            new(_lease.Number, other.First, other.Codes[0]),
            new(_lease.Number, 9, TestCodes.Of(9)),
        ];
        AssertIndices(await _store.ConfirmAsync(_epoch, hostile));
        AssertIndices(await _store.ConfirmAsync(_epoch with { Token = Guid.NewGuid() }, _lease.All()));
        AssertIndices(await _store.ConfirmAsync(_epoch, [.. hostile, good]), hostile.Length);
        await _store.AssertLevelsAsync(available: 2, leased: 7, used: 1);
    }

    [Fact]
    public async Task A_lease_of_another_epoch_confirms_nothing()
    {
        Epoch other = await _store.OpenProcessAsync();
        Lease theirs = await _store.LeaseAsync(other, 2);
        AssertIndices(await _store.ConfirmAsync(_epoch, theirs.All()));
        AssertIndices(await _store.ConfirmAsync(other, _lease.All()));
        await _store.AssertLevelsAsync(available: 2, leased: 8);
    }

    [Theory]
    [InlineData(StoreDamage.UseCode)]
    [InlineData(StoreDamage.VoidCode)]
    public async Task Used_and_void_codes_are_not_handed_out(StoreDamage damage)
    {
        await Harness.DamageAsync("confirmed", damage, 2, Token);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.Take(3)), 0, 2);
        bool voided = damage == StoreDamage.VoidCode;
        await _store.AssertLevelsAsync(available: 4, leased: 3, used: voided ? 2 : 3, @void: voided ? 1 : 0);
        Assert.Equal(voided ? CodeState.Void : CodeState.Used, await _store.StateAsync(2));
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.At(1), Guid.Empty));
    }

    [Fact]
    public async Task A_settled_lease_confirms_nothing()
    {
        await _store.SettleAsync(_epoch, _lease);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.All()));
        await _store.AssertLevelsAsync(available: 10);

        // The same codes, leased to somebody else: the first holder's claim still must not match.
        Epoch next = await _store.OpenProcessAsync();
        Lease again = (await _store.LeaseRunsAsync(next, 6))[0];
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.All()));
        AssertIndices(await _store.ConfirmAsync(next, again.Take(1)), 0);
        await _store.AssertLevelsAsync(available: 4, leased: 5, used: 1);
    }

    [Fact]
    public async Task A_lost_answer_is_found_after_the_lease_was_settled()
    {
        var operation = Guid.NewGuid();
        await _store.ConfirmAsync(_epoch, _lease.Take(2), operation);
        await _store.SettleAsync(_epoch, _lease);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.Take(4), operation), 0, 1);
        await _store.AssertLevelsAsync(available: 8, used: 2);
    }

    [Fact]
    public async Task A_closed_epoch_confirms_while_its_lease_is_open()
    {
        await _store.CloseAsync(_epoch);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.Take(1)), 0);
        await _store.SettleClosedAsync(_epoch);
        await _store.AssertLevelsAsync(available: 9, used: 1);
    }

    [Fact]
    public async Task A_marked_code_is_not_handed_out()
    {
        await _store.MarkAsync(_epoch, _lease.Take(2));
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.Take(3)), 2);
        AssertIndices(await _store.ConfirmAsync(_epoch, _lease.Take(3), Guid.Empty));
    }

    private static void AssertIndices(IReadOnlyList<int> actual, params int[] expected) => Assert.Equal(expected, actual);
}
