using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// Writes codes by binary COPY, in the order of their numbers: so the codes of a lease lie together, and whoever reads, marks or
/// confirms some touches a few pages (docs/decisions/0008-postgres-round-trips.md).
/// </summary>
internal static class CodeCopy
{
    private const int Chunk = 64 * 1024;
    private const int RowWithoutCode = 2 + 4 + 8 + 4 + 8 + 4 + 2 + 4;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly DateTime Epoch2000 = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static ValueTask WriteAsync(
        NpgsqlConnection connection, PoolContext pool, CopyBackend backend, IEnumerable<string> codes, long first, CancellationToken cancellationToken) =>
        backend.RunAsync(pool, () => WriteAsync(connection, pool, codes, first, cancellationToken), cancellationToken);

    private static async ValueTask WriteAsync(
        NpgsqlConnection connection, PoolContext pool, IEnumerable<string> codes, long first, CancellationToken cancellationToken)
    {
        long now = (pool.Now - Epoch2000).Ticks / TimeSpan.TicksPerMicrosecond;
        NpgsqlRawCopyStream stream =
            await connection.BeginRawBinaryCopyAsync(pool.Statements["fill.copy"], cancellationToken).ConfigureAwait(false);
        var buffer = new ArrayBufferWriter<byte>(2 * Chunk);
        try
        {
            buffer.Write(Header);
            foreach (string code in codes)
            {
                WriteRow(buffer, first++, now, pool.Id, code);
                if (buffer.WrittenCount >= Chunk)
                    await FlushAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
            }

            BinaryPrimitives.WriteInt16BigEndian(buffer.GetSpan(2), -1);
            buffer.Advance(2);
            await FlushAsync(stream, buffer, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await AbortAsync(stream).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }

        try
        {
            // Completes the COPY; here the unique constraint speaks.
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException) when (cancellationToken.IsCancellationRequested)
        {
            // The driver cannot be cancelled here; it waits for the server, which was told to end it (CopyBackend).
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Otherwise closing the stream would complete the COPY with what was sent.</summary>
    private static async ValueTask AbortAsync(NpgsqlRawCopyStream stream)
    {
        try
        {
            await stream.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or ObjectDisposedException)
        {
            // The connection broke, and the stream with it (ObjectDisposedException), or the server had refused it before. Nothing stays
            // either way, and what ended the COPY is what the caller shall hear.
        }
    }

    private static void WriteRow(ArrayBufferWriter<byte> buffer, long number, long now, short pool, string code)
    {
        Span<byte> row = buffer.GetSpan(RowWithoutCode + Encoding.UTF8.GetMaxByteCount(code.Length));
        BinaryPrimitives.WriteInt16BigEndian(row, 4);
        BinaryPrimitives.WriteInt32BigEndian(row[2..], 8);
        BinaryPrimitives.WriteInt64BigEndian(row[6..], number);
        BinaryPrimitives.WriteInt32BigEndian(row[14..], 8);
        BinaryPrimitives.WriteInt64BigEndian(row[18..], now);
        BinaryPrimitives.WriteInt32BigEndian(row[26..], 2);
        BinaryPrimitives.WriteInt16BigEndian(row[30..], pool);
        int bytes = Encoding.UTF8.GetBytes(code, row[RowWithoutCode..]);
        BinaryPrimitives.WriteInt32BigEndian(row[32..], bytes);
        buffer.Advance(RowWithoutCode + bytes);
    }

    private static async ValueTask FlushAsync(Stream stream, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        buffer.ResetWrittenCount();
    }
}
