using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Tests.Generation;

/// <summary>What a process that <see cref="FewerInstructionsTests"/> starts says of itself: whether the machine's instructions are really gone.</summary>
public class InstructionSetTests
{
    /// <summary>The environment variable with the switch whose instructions must be missing; not set in an ordinary run, which passes.</summary>
    internal const string Missing = "CODEPOOL_TESTS_WITHOUT";

    [Fact]
    public void What_must_be_missing_is_missing() =>
        Assert.False(Environment.GetEnvironmentVariable(Missing) is { } name && IsThere(name));

    /// <summary>Whether this process has the instructions that a switch of .NET takes away.</summary>
    internal static bool IsThere(string name) => name switch
    {
        "EnableAVX512" => Avx512BW.IsSupported,
        "EnableAVX512v2" => Avx512Vbmi.IsSupported,
        "EnableAVX512v3" => Avx512Vbmi2.IsSupported,
        "EnableAVX2" => Avx2.IsSupported,
        "EnableHWIntrinsic" => Vector128.IsHardwareAccelerated,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown switch."),
    };
}
