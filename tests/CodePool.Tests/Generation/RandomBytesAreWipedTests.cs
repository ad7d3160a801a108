using System.Buffers;
using System.Runtime.CompilerServices;
using CodePool.Internal.Generation;

namespace CodePool.Tests.Generation;

public class RandomBytesAreWipedTests
{
    private static readonly CodeFormat Format = new(CodeAlphabet.Base58, 12);

    [Theory]
    [InlineData(5_000, false)]      // one block and no more
    [InlineData(10_600, false)]      // a second block, shorter than the first
    [InlineData(20_000, false)]
    [InlineData(10_600, true)]
    public void A_block_goes_back_to_the_pool_without_its_random_bytes(int count, bool secondBlockFails)
    {
        // The pool keeps the last array a thread returned for that thread, so the generator gets this one; the filler checks that it did.
        byte[] block = ArrayPool<byte>.Shared.Rent(64 * 1024);
        ArrayPool<byte>.Shared.Return(block, clearArray: true);
        int blocks = 0;
        var generator = new CodeGenerator(Format, random =>
        {
            Assert.True(Unsafe.AreSame(ref random[0], ref block[0]));
            random.Fill(123);
            if (secondBlockFails && ++blocks == 2)
                throw new InvalidOperationException("no entropy");
        });

        if (secondBlockFails)
            Assert.Throws<InvalidOperationException>(() => generator.Generate(count));
        else
            generator.Generate(count);

        Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7_000, 0)]
    [InlineData(20_000, 0)]
    [InlineData(20_000, 1)]
    [InlineData(20_000, 2)]
    public void So_does_one_that_went_through_the_sieve(int count, int failing)
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(64 * 1024);
        ArrayPool<byte>.Shared.Return(block, clearArray: true);
        int drawn = 0;
        var generator = new CodeGenerator(new CodeFormat(CodeAlphabet.Digits, 12), random =>
        {
            Assert.True(Unsafe.AreSame(ref random[^1], ref block[random.Length / DecimalSieve.RandomBytes * DecimalSieve.Room - 1]));
            random.Fill((byte)(++drawn == 1 && failing != 1 ? 0 : 123));   // of zeros, nothing is kept
            if (drawn == failing)
                throw new InvalidOperationException("no entropy");
        });

        if (failing > 0)
            Assert.Throws<InvalidOperationException>(() => generator.Generate(count));
        else
            Assert.Equal(count, generator.Generate(count).Length);
        Assert.InRange(drawn, 1, 5);
        Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)0));
    }

    /// <summary>What a block gives beyond what is wanted waits in an array of its own.</summary>
    [Fact]
    public void Symbols_that_nobody_asked_for_are_wiped_as_well()
    {
        char[] rest = ArrayPool<char>.Shared.Rent(SymbolEncoder.BlockWords * SymbolEncoder.MostSymbolsPerWord);
        rest.AsSpan().Fill('?');
        ArrayPool<char>.Shared.Return(rest);
        _ = new CodeGenerator(Format).Next();
        Assert.Equal(-1, rest.AsSpan(0, SymbolEncoder.BlockWords * SymbolEncoder.MostSymbolsPerWord).IndexOfAnyExcept('\0'));
    }

    /// <summary>Where the words that replace the ones left out are left out themselves, the rest of the piece is neither used nor kept.</summary>
    [Fact]
    public void Out_of_spare_words_it_draws_anew_and_keeps_nothing_of_what_it_had()
    {
        byte[] block = ArrayPool<byte>.Shared.Rent(64 * 1024);
        ArrayPool<byte>.Shared.Return(block, clearArray: true);
        List<int> drawn = [];
        var generator = new CodeGenerator(Format, random =>
        {
            Assert.True(Unsafe.AreSame(ref random[0], ref block[0]));
            drawn.Add(random.Length);
            random.Fill(drawn.Count == 1 ? (byte)123 : (byte)77);
            if (drawn.Count == 1)
            {
                random.Slice(200 * 128, 128).Clear();
                random[^200..].Clear();
            }
        });

        generator.Generate(5_000);

        // Of 469 blocks of 128 bytes, 200 were encoded.
        Assert.Equal(2, drawn.Count);
        Assert.Equal(269, drawn[1] / 128);
        Assert.Equal(-1, block.AsSpan().IndexOfAnyExcept((byte)0));
    }
}
