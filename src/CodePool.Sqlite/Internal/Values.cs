using System.Text;
using System.Text.Json;
using CodePool.Providers;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>How values are kept in columns and handed to statements.</summary>
internal static class Values
{
    public static byte[] ToBlob(this Guid token) => token.ToByteArray(bigEndian: true);

    public static Guid GetToken(this SqliteDataReader row, int column) => new(row.GetFieldValue<byte[]>(column), bigEndian: true);

    public static NumberRange GetRange(this SqliteDataReader row, int column) => new(row.GetInt64(column), row.GetInt64(column + 1));

    public static DateTimeOffset GetTime(this SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    /// <summary>An array of codes, for <c>json_each</c>.</summary>
    public static string ToJson(IReadOnlyList<string> codes) => Write(writer =>
    {
        foreach (string code in codes)
            writer.WriteStringValue(code);
    });

    /// <summary>An array of [lease, number, code], for <c>json_each</c>.</summary>
    public static string ToJson(IReadOnlyList<LeasedCode> codes) => Write(writer =>
    {
        foreach (LeasedCode code in codes)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(code.Lease);
            writer.WriteNumberValue(code.Number);
            writer.WriteStringValue(code.Code);
            writer.WriteEndArray();
        }
    });

    private static string Write(Action<Utf8JsonWriter> writeItems)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            writeItems(writer);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
