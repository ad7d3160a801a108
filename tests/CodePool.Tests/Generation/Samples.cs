using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace CodePool.Tests.Generation;

/// <summary>Random alphabets and formats for the property tests.</summary>
internal static class Samples
{
    internal static readonly string PrintableAscii = string.Concat(Enumerable.Range('!', 94).Select(code => (char)code));

    // Small ones full of what looks alike are where reading a code wrongly is likely.
    private const string Tricky = "0Oo1IiLl-AaBb#\\";

    internal static Gen<CodeAlphabet> Alphabets => Gen.OneOf(
        Subset(PrintableAscii),
        Subset(Tricky),
        Gen.Elements(CodeAlphabet.Crockford, CodeAlphabet.Digits, CodeAlphabet.Hex, CodeAlphabet.Base58, CodeAlphabet.Unambiguous));

    internal static Gen<CodeFormat> Formats =>
        from alphabet in Alphabets
        from pattern in Patterns(alphabet)
        select CodeFormat.FromPattern(pattern, alphabet);

    internal static Gen<(CodeFormat Format, string Code)> Codes =>
        from format in Formats
        from code in CodeOf(format)
        select (format, code);

    internal static Gen<string> CodeOf(CodeFormat format) =>
        from symbols in Gen.Elements(format.Alphabet.Symbols.ToCharArray()).ArrayOf(format.RandomLength)
        select Render(format, symbols);

    private static Gen<CodeAlphabet> Subset(string symbols) =>
        from size in Gen.Choose(2, symbols.Length)
        from shuffled in Gen.Shuffle(symbols.ToCharArray())
        select new CodeAlphabet(new string(shuffled, 0, size));

    private static Gen<string> Patterns(CodeAlphabet alphabet)
    {
        Gen<string> random = Gen.Constant("#");
        Gen<string> symbolAsLiteral = Gen.Elements(alphabet.Symbols.ToCharArray()).Select(Escape);
        Gen<string> literal = Gen.Elements("-- _./\\#0Oo1IlSPRING".ToCharArray()).Select(Escape);
        Gen<string> place = Gen.Frequency((5, random), (2, symbolAsLiteral), (2, literal));
        return from length in Gen.Choose(1, 12)
               from head in random
               from rest in place.ArrayOf(length - 1)
               from shuffled in Gen.Shuffle(rest.Append(head).ToArray())
               let pattern = string.Concat(shuffled)
               select pattern.Trim();
    }

    private static string Escape(char literal) => literal is '#' or '\\' ? @"\" + literal : literal.ToString();

    private static string Render(CodeFormat format, char[] symbols)
    {
        var code = new StringBuilder();
        int next = 0;
        foreach (char place in format.Template.Places)
            code.Append(place == '\0' ? symbols[next++] : place);

        return code.ToString();
    }
}
