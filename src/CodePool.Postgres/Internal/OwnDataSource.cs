using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>The data source of a pool that was given a connection string.</summary>
internal static class OwnDataSource
{
    // The driver's class cannot be derived from.
    private static readonly ConditionalWeakTable<NpgsqlDataSource, Preparing> Prepared = [];

    // Every setting of ours ends with its transaction, so there is nothing to reset: the driver would send seven statements with
    // each first command on a pooled connection.
    public static NpgsqlDataSource Create(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (IsTold(settings))
            return builder.Build();

        var preparing = new Preparing();
        NpgsqlDataSource source = builder.UsePhysicalConnectionInitializer(preparing.Look, preparing.LookAsync).Build();
        Prepared.Add(source, preparing);
        return source;
    }

    /// <summary>Whether statements may be prepared on its connections; null: that is the driver's or the host's business.</summary>
    public static Preparing? PreparingOf(NpgsqlDataSource source) => Prepared.TryGetValue(source, out Preparing? preparing) ? preparing : null;

    /// <summary>The driver was told what to prepare, lets commands share connections, or opens one for each.</summary>
    private static bool IsTold(NpgsqlConnectionStringBuilder settings) =>
        settings.Multiplexing || !settings.Pooling
        || new DbConnectionStringBuilder { ConnectionString = settings.ConnectionString }.ContainsKey("Max Auto Prepare");
}
