using System.Diagnostics;
using System.Security.Cryptography;
using CodePool.Benchmarks.Ratios;

namespace CodePool.Benchmarks.Generating;

/// <summary><c>ratios generate</c>: 12-symbol codes on one thread and on two, against what one would write, and against the entropy they need.</summary>
internal sealed class GenerateRun : IRatioRun
{
    private const int Length = 12;
    private const int Batch = 4_096;

    /// <summary>So many stay in the first-level cache; the larger batch does not.</summary>
    private const int SmallBatch = 1_024;

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(60);

    private static readonly (string Name, CodeAlphabet Alphabet)[] Alphabets =
    [
        ("10", CodeAlphabet.Digits),
        ("16", CodeAlphabet.Hex),
        ("32", CodeAlphabet.Crockford),
        ("36", new CodeAlphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
        ("58", CodeAlphabet.Base58),
        ("62", new CodeAlphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")),
        ("64", new CodeAlphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")),
        ("94", new CodeAlphabet(string.Concat(Enumerable.Range('!', 94).Select(c => (char)c)))),
    ];

    public string Name => "generate";

    // A slice is short, and a busy neighbour may take several in a row.
    public int Rounds => 11;

    public Task<IReadOnlyList<Variant>> PrepareAsync() =>
        Task.FromResult<IReadOnlyList<Variant>>([.. Alphabets.SelectMany(a => Variants(a.Name, a.Alphabet))]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<Variant> Variants(string symbols, CodeAlphabet alphabet)
    {
        string setting = $"{symbols} symbols";
        var generator = new CodeGenerator(new CodeFormat(alphabet, Length));
        char[] buffer = new char[Batch * Length];

        // The least that any generator must draw: log2(symbols) bits a symbol.
        byte[] entropy = new byte[(int)Math.Ceiling(Batch * Length * Math.Log2(alphabet.Size) / 8)];
        int smallEntropy = entropy.Length * SmallBatch / Batch;

        yield return Of("RandomNumberGenerator.GetString", true, () => Repeat(64, () => RandomNumberGenerator.GetString(alphabet.Symbols, Length)));
        yield return Of("RandomNumberGenerator.GetItems", false, () => RandomNumberGenerator.GetItems(alphabet.Symbols, buffer));
        yield return Of("nanoid-style mask", false, () => Nanoid.Generate(alphabet.Symbols, Length, Batch));
        yield return Of("floor (Fill of the entropy)", false, () => RandomNumberGenerator.Fill(entropy));

        // What it costs besides, whatever is done with the bytes: to wipe them, and to write as many characters as the codes have.
        yield return Of("floor, bytes wiped and characters written", false, () =>
        {
            RandomNumberGenerator.Fill(entropy);
            CryptographicOperations.ZeroMemory(entropy);
            buffer.AsSpan().Fill('A');
        });
        yield return new(setting, "floor, 2 threads", false, () => OnTwoThreads(() =>
        {
            byte[] own = new byte[entropy.Length];
            return () => RandomNumberGenerator.Fill(own);
        }));
        yield return Of("CodePool buffer", false, () => generator.Generate(buffer, Batch));
        yield return OfSmall("floor, 1,024 codes a call", () => RandomNumberGenerator.Fill(entropy.AsSpan(0, smallEntropy)));
        yield return OfSmall("CodePool buffer, 1,024 codes a call", () => generator.Generate(buffer, SmallBatch));
        yield return new(setting, "CodePool buffer, 2 threads", false, () => OnTwoThreads(() =>
        {
            char[] own = new char[buffer.Length];
            return () => generator.Generate(own, Batch);
        }));
        yield return Of("CodePool strings", false, () => generator.Generate(Batch));

        // Dropped at once; and kept, as whoever asked for them does: an array of as many new strings, nothing written to them.
        yield return Of("allocating the strings", false, () => Repeat(Batch, () => new string('A', Length)));
        yield return Of("allocating the strings in an array", false, () => GC.KeepAlive(Allocate(Batch)));

        Variant Of(string name, bool plain, Action batch) =>
            new(setting, name, plain, () => Task.FromResult(Time(batch, plain ? 64 : Batch)));

        Variant OfSmall(string name, Action batch) => new(setting, name, false, () => Task.FromResult(Time(batch, SmallBatch)));
    }

    private static void Repeat(int times, Func<string> make)
    {
        for (int i = 0; i < times; i++)
            GC.KeepAlive(make());
    }

    private static string[] Allocate(int count)
    {
        var strings = new string[count];
        for (int i = 0; i < strings.Length; i++)
            strings[i] = new string('A', Length);

        return strings;
    }

    private static async Task<Measured> OnTwoThreads(Func<Action> work)
    {
        Measured[] both = await PinnedThreads.RunAsync(2, () => Time(work(), Batch));
        return new Measured(both.Sum(m => m.Codes), both.Average(m => m.Seconds));
    }

    private static Measured Time(Action batch, int codes)
    {
        long start = Stopwatch.GetTimestamp();
        long done = 0;
        while (Stopwatch.GetElapsedTime(start) < Slice)
        {
            batch();
            done += codes;
        }

        return new Measured(done, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
