using CodePool.Internal.Generation;

namespace CodePool.Tests.Generation;

public class SymbolEncoderTests
{
    private static readonly byte[] EveryByte = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();

    [Fact]
    public void Every_byte_once_gives_every_symbol_equally_often()
    {
        for (int size = 2; size <= 94; size++)
        {
            var encoder = new SymbolEncoder(new CodeAlphabet(Samples.PrintableAscii[..size]));
            char[] symbols = new char[300];
            encoder.Encode(EveryByte, symbols, out int consumed, out int written);
            Assert.Equal(256, consumed);
            Assert.Equal(256 / size * size, written);
            Assert.Equal(size, symbols.Take(written).Distinct().Count());
            Assert.All(symbols.Take(written).CountBy(symbol => symbol), count => Assert.Equal(256 / size, count.Value));
        }
    }

    [Fact]
    public void It_stops_when_there_is_no_room_and_goes_on_where_it_stopped()
    {
        var encoder = new SymbolEncoder(CodeAlphabet.Digits);
        char[] symbols = new char[256];
        int position = 0, total = 0;
        for (int room = 1; position < 256; room = (room % 7) + 1)
        {
            encoder.Encode(EveryByte.AsSpan(position), symbols.AsSpan(total, Math.Min(room, 256 - total)), out int consumed, out int written);
            Assert.True(consumed > 0 && written <= room);
            position += consumed;
            total += written;
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, 250).Select(value => (char)('0' + (value % 10)))), new string(symbols, 0, total));
    }

    [Fact]
    public void Rejected_bytes_give_nothing()
    {
        char[] symbols = new char[4];
        new SymbolEncoder(CodeAlphabet.Digits).Encode([250, 251, 255, 249], symbols, out int consumed, out int written);
        Assert.Equal(4, consumed);
        Assert.Equal("9", new string(symbols, 0, written));
    }
}
