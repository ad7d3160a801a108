using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace CodePool.Tests.Generation;

/// <summary>
/// <see cref="SymbolEncoderTests"/> and <see cref="DecimalSieveTests"/> on a machine that can do less: in a second process, from which a switch of .NET takes instructions away.
/// The steps that are written for such machines run there, and must give the codes that the plain reading gives.
/// </summary>
public partial class FewerInstructionsTests
{
    [Theory]
    [InlineData("EnableAVX512")]        // 512 bits without instructions of their own
    [InlineData("EnableAVX512v2")]      // 512 bits that look up by several instructions
    [InlineData("EnableAVX512v3")]      // no instruction that moves words together
    [InlineData("EnableAVX2")]          // 256 bits as well; 128 are used
    [InlineData("EnableHWIntrinsic")]   // no vectors: .NET does each operation word by word
    public async Task Vectors_read_as_the_plain_reading_does_without(string name)
    {
        (int exitCode, string output) = await RunAsync(name, "0", typeof(InstructionSetTests), typeof(SymbolEncoderTests), typeof(DecimalSieveTests));
        Assert.True(exitCode == 0, output);
        int tests = int.Parse(Total().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(tests > SymbolEncoderTests.SizesAndWidths().Count, output);
    }

    /// <summary>The control: with the switch left on, the second process must say that nothing is missing.</summary>
    [Theory]
    [InlineData("EnableAVX512")]
    [InlineData("EnableAVX512v2")]
    [InlineData("EnableAVX512v3")]
    [InlineData("EnableAVX2")]
    [InlineData("EnableHWIntrinsic")]
    public async Task A_switch_without_effect_is_noticed(string name)
    {
        (int exitCode, string output) = await RunAsync(name, "1", typeof(InstructionSetTests));
        Assert.True(InstructionSetTests.IsThere(name) == (exitCode != 0), output);
    }

    /// <summary>Runs test classes of this assembly in a second process; it is killed by its id if the test is cancelled.</summary>
    private static async Task<(int ExitCode, string Output)> RunAsync(string name, string value, params IEnumerable<Type> classes)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(FewerInstructionsTests).Assembly.Location, "-noColor", "-noLogo"]) { RedirectStandardOutput = true };
        foreach (Type type in classes)
        {
            start.ArgumentList.Add("-class");
            start.ArgumentList.Add(type.FullName!);
        }

        start.Environment["DOTNET_" + name] = value;
        start.Environment[InstructionSetTests.Missing] = name;
        using Process process = Process.Start(start)!;
        try
        {
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    [GeneratedRegex(@"Total: (\d+)")]
    private static partial Regex Total();
}
