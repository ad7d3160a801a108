using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace CodePool.Tests.Generation;

/// <summary>What people do to a code: written down here without a look at how the library undoes it.</summary>
internal static class Mangling
{
    private static readonly string[] Noise = [" ", "-", "  ", " - ", "\t", "\u2013"];

    /// <summary>A variant of a code: case, lookalikes, separators and literals changed at random places.</summary>
    internal static Gen<string> VariantOf(CodeFormat format, string code) =>
        from dice in Gen.Choose(0, 99).ArrayOf(4 * code.Length)
        from strength in Gen.Elements(5, 30, 60)
        select Mangle(format, code, dice, strength);

    /// <summary>The characters that a symbol may turn into: none that the alphabet gives a meaning of its own.</summary>
    internal static string SlipsOf(char symbol, CodeAlphabet alphabet)
    {
        string slips = char.IsAsciiLetter(symbol) ? ((char)(symbol ^ 0x20)).ToString() : "";
        if (symbol == '0' && !"Oo".Any(alphabet.Contains))
            slips += "Oo";
        if (symbol == '1' && !"IiLl".Any(alphabet.Contains))
            slips += "IiLl";

        return string.Concat(slips.Where(slip => !alphabet.Contains(slip)));
    }

    private static string Mangle(CodeFormat format, string code, int[] dice, int strength)
    {
        var variant = new StringBuilder();
        for (int i = 0; i < code.Length; i++)
        {
            bool isLiteral = format.Template.Places[i] != '\0';
            (int noise, int drop, int slip, int which) = (dice[4 * i], dice[(4 * i) + 1], dice[(4 * i) + 2], dice[(4 * i) + 3]);
            if (noise < strength)
                variant.Append(NoiseFor(format.Alphabet, which));
            if (isLiteral && drop < strength)
                continue;

            string slips = isLiteral ? LiteralSlips(code[i]) : SlipsOf(code[i], format.Alphabet);
            variant.Append(slip < strength && slips.Length > 0 ? slips[which % slips.Length] : code[i]);
        }

        return variant.ToString();
    }

    private static string NoiseFor(CodeAlphabet alphabet, int which)
    {
        string noise = Noise[which % Noise.Length];
        return alphabet.Contains('-') ? noise.Replace("-", "", StringComparison.Ordinal).Replace("\u2013", "", StringComparison.Ordinal) : noise;
    }

    private static string LiteralSlips(char literal) => literal switch
    {
        '0' => "Oo",
        '1' => "IiLl",
        _ when char.IsAsciiLetter(literal) => ((char)(literal ^ 0x20)).ToString(),
        _ => "",
    };
}
