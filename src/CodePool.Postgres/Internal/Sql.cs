using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Typed parameters, and the one line that most readers repeat.</summary>
internal static class Sql
{
    public static NpgsqlParameter Value<T>(string name, T value) => new NpgsqlParameter<T>(name, value);

    /// <summary>Reads the one row of the next result.</summary>
    public static async ValueTask<bool> NextRowAsync(this NpgsqlDataReader reader, CancellationToken cancellationToken) =>
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false)
        && await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
}
