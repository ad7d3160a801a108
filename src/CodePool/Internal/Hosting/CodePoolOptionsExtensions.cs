namespace CodePool.Internal.Hosting;

internal static class CodePoolOptionsExtensions
{
    /// <summary>The format that the options describe.</summary>
    /// <exception cref="ArgumentException">They describe none.</exception>
    public static CodeFormat ToFormat(this CodePoolOptions options)
    {
        CodeAlphabet alphabet = CodeAlphabet.Parse(options.Alphabet);
        return options.Pattern is { } pattern
            ? CodeFormat.FromPattern(pattern, alphabet)
            : new CodeFormat(alphabet, options.CodeLength);
    }
}
