using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CodePool.Tests.Hosting;

/// <summary>What could not work is refused when the host starts, with the key and the fix.</summary>
public sealed class OptionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> BadSettings() => new()
    {
        { "Alphabet", "", "Alphabet" },
        { "Alphabet", "A", "Alphabet" },
        { "Alphabet", "AAB", "Alphabet" },
        { "Alphabet", "AB\u0007", "Alphabet" },
        { "Alphabet", "ABÄ", "Alphabet" },
        { "CodeLength", "0", "CodeLength" },
        { "CodeLength", "-3", "CodeLength" },
        { "CodeLength", "5000", "CodeLength" },
        { "Pattern", "SPRING", "Pattern" },
        { "Pattern", "SPRING-\\", "Pattern" },
        { "StoreMinThreshold", "0", "StoreMinThreshold" },
        { "StoreMinThreshold", "200000", "StoreTargetSize" },
        { "CacheMinThreshold", "0", "CacheMinThreshold" },
        { "CacheRefillBatch", "0", "CacheRefillBatch" },
        { "MaxJournalLength", "0", "MaxJournalLength" },
        { "ConfirmAhead", "-1", "ConfirmAhead" },
        { "ConfirmAhead", "10", "set Consistency to Confirmed" },
        { "Consistency", "7", "Consistency" },
        { "MonitorInterval", "00:00:00", "MonitorInterval" },
        { "TakeTimeout", "00:00:00", "TakeTimeout" },
        { "EpochTimeout", "00:00:00", "EpochTimeout" },
        { "CodeLength", "3", "StoreTargetSize" },
        { "CodeLength", "6", "AllowGuessableCodes" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public async Task A_bad_setting_stops_the_host_and_names_the_key(string key, string value, string named)
    {
        OptionsValidationException refused = await RefusedAsync(services =>
            services.AddCodePool("gifts", Section((key, value))).UseInMemoryStore());

        Assert.Contains("CodePool 'gifts'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("gift cards")]
    [InlineData("{gifts}")]
    [InlineData("gifts\n")]
    [InlineData("gïfts")]
    public async Task A_bad_name_is_refused(string name) =>
        Assert.Contains("letters, digits", (await RefusedAsync(s => s.AddCodePool(name).UseInMemoryStore())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_name_of_200_characters_is_refused() =>
        Assert.Contains("1 to 64", (await RefusedAsync(s => s.AddCodePool(new string('a', 200)).UseInMemoryStore())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_pool_without_a_store_is_refused() =>
        Assert.Contains("it has no store", (await RefusedAsync(s => s.AddCodePool())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_pool_with_two_stores_is_refused() =>
        Assert.Contains("2 stores", (await RefusedAsync(s => s.AddCodePool().UseInMemoryStore().UseInMemoryStore())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task All_faults_are_named_at_once()
    {
        OptionsValidationException refused = await RefusedAsync(services => services.AddCodePool(o =>
        {
            o.CacheRefillBatch = 0;
            o.CodeLength = 0;
        }));
        Assert.Equal(3, refused.Failures.Count());
    }

    [Fact]
    public async Task A_dense_keyspace_is_accepted_when_it_is_allowed()
    {
        using IHost host = Build(s => s.AddCodePool(o =>
        {
            o.CodeLength = 6;
            o.AllowGuessableCodes = true;
        }).UseInMemoryStore());
        await host.StartAsync(Token);
        await host.StopAsync(Token);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pool_made_with_other_settings_is_refused(bool format)
    {
        var database = new InMemoryDatabase();
        using (IHost first = Build(s => UseDatabase(s.AddCodePool(), database)))
        {
            await first.StartAsync(Token);
            await first.StopAsync(Token);
        }

        using IHost second = Build(s => UseDatabase(s.AddCodePool(o =>
        {
            o.CodeLength = format ? 13 : 12;
            o.Consistency = format ? CodeConsistency.Journaled : CodeConsistency.Confirmed;
        }), database));
        CodePoolFormatMismatchException refused =
            await Assert.ThrowsAsync<CodePoolFormatMismatchException>(() => second.StartAsync(Token));
        Assert.Contains(format ? "Format" : "Consistency", refused.Message, StringComparison.Ordinal);
        Assert.Contains("another name", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_bound_from_configuration()
    {
        using IHost host = Build(s => s.AddCodePool("gifts", Section(
            ("Pattern", "GIFT-######-######"), ("CacheRefillBatch", "77"), ("Consistency", "Confirmed"), ("MonitorInterval", "00:00:07")))
            .UseInMemoryStore());

        CodePoolOptions options = host.Services.GetRequiredService<IOptionsMonitor<CodePoolOptions>>().Get("gifts");
        Assert.Equal(
            ("GIFT-######-######", 77, CodeConsistency.Confirmed, TimeSpan.FromSeconds(7)),
            (options.Pattern, options.CacheRefillBatch, options.Consistency, options.MonitorInterval));
        Assert.Equal("GIFT-######-######", host.Services.GetRequiredKeyedService<ICodePool>("gifts").Format.Pattern);
    }

    [Fact]
    public void The_same_pool_added_twice_is_one_pool()
    {
        using IHost host = Build(s =>
        {
            s.AddCodePool(o => o.CodeLength = 20).UseInMemoryStore();
            s.AddCodePool(o => o.CacheRefillBatch = 9);
        });

        Assert.Single(host.Services.GetServices<IHostedService>());
        Assert.Single(host.Services.GetServices<ICodePool>());
        PoolRuntime runtime = host.Services.GetRequiredKeyedService<PoolRuntime>("default");
        Assert.Equal((20, 9), (runtime.Options.CodeLength, runtime.Options.CacheRefillBatch));
    }

    private static async Task<OptionsValidationException> RefusedAsync(Action<IServiceCollection> add)
    {
        using IHost host = Build(add);
        return await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token));
    }

    private static IHost Build(Action<IServiceCollection> add)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(builder.Services);
        return builder.Build();
    }

    private static void UseDatabase(ICodePoolBuilder builder, InMemoryDatabase database) =>
        builder.UseStore("UseTestStore", _ => new InMemoryCodeStore(database, builder.Name, TimeProvider.System));

    private static IConfigurationSection Section(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"CodePool:{s.Key}", (string?)s.Value)))
            .Build()
            .GetSection("CodePool");
}
