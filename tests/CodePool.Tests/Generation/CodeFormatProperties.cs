using FsCheck;
using FsCheck.Fluent;

namespace CodePool.Tests.Generation;

public class CodeFormatProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5_000);

    [Fact]
    public void A_format_comes_back_from_its_canonical_text() => Check.One(Many, Prop.ForAll(Samples.Formats.ToArbitrary(), format =>
    {
        string[] parts = format.ToString().Split(' ', 2);
        var again = CodeFormat.FromPattern(parts[1], new CodeAlphabet(parts[0]));
        return again.Equals(format) && again.ToString() == format.ToString() && again.GetHashCode() == format.GetHashCode();
    }));

    [Fact]
    public void Canonical_texts_are_equal_exactly_when_formats_are() => Check.One(Many, Prop.ForAll(
        Samples.Formats.Two().ToArbitrary(),
        pair => (pair.Item1.ToString() == pair.Item2.ToString()) == pair.Item1.Equals(pair.Item2)));

    [Fact]
    public void A_code_matches_and_normalises_to_itself() => Check.One(Many, Prop.ForAll(
        Samples.Codes.ToArbitrary(),
        sample => sample.Format.IsMatch(sample.Code) && sample.Format.TryNormalize(sample.Code, out string? code) && code == sample.Code));

    [Fact]
    public void Entropy_is_the_logarithm_of_the_keyspace() => Check.One(Many, Prop.ForAll(Samples.Formats.ToArbitrary(), format =>
        Math.Abs(format.EntropyBits - Math.Log2((double)format.Keyspace)) < 1e-9));

    [Fact]
    public void A_mangled_code_is_read_as_itself_or_not_at_all() => Check.One(Many, Prop.ForAll(
        Variants.ToArbitrary(),
        sample => !sample.Format.TryNormalize(sample.Typed, out string? read) || read == sample.Code));

    [Fact]
    public void What_is_read_is_a_code_of_the_format() => Check.One(Many, Prop.ForAll(
        (from format in Samples.Formats
         from typed in Gen.Elements((format.Alphabet.Symbols + "oOiIlL01 -").ToCharArray()).ArrayOf()
         select (format, new string(typed))).ToArbitrary(),
        sample => !sample.format.TryNormalize(sample.Item2, out string? read) || sample.format.IsMatch(read)));

    [Fact]
    public void Literals_all_left_out_and_separators_anywhere_are_always_understood() => Check.One(Many, Prop.ForAll(
        Samples.Codes.ToArbitrary(),
        sample =>
        {
            var symbols = sample.Code.Where((_, i) => sample.Format.Template.Places[i] == '\0');
            return sample.Format.TryNormalize(" " + string.Join(' ', symbols) + "\t", out string? read) && read == sample.Code;
        }));

    [Fact]
    public void Lower_case_is_always_understood_when_all_symbols_are_upper_case() => Check.One(Many, Prop.ForAll(
        Samples.Codes.Where(sample => !sample.Format.Alphabet.Symbols.Any(char.IsAsciiLetterLower)).ToArbitrary(),
        sample => sample.Format.TryNormalize(Lower(sample.Code), out string? read) && read == sample.Code));

    private static Gen<(CodeFormat Format, string Code, string Typed)> Variants =>
        from sample in Samples.Codes
        from typed in Mangling.VariantOf(sample.Format, sample.Code)
        select (sample.Format, sample.Code, typed);

    private static string Lower(string code) =>
        string.Concat(code.Select(symbol => char.IsAsciiLetterUpper(symbol) ? (char)(symbol ^ 0x20) : symbol));
}
