namespace CodePool.Internal.Generation;

/// <summary>Words of 16 bits, in one vector or several. Every operation is done to each word.</summary>
/// <remarks>
/// Why an interface: the steps are then written once, for all widths of vectors; the compiler makes each width's own code. The 32 words of a
/// block are one <see cref="Words512"/>, two <see cref="Words256"/> or two times two <see cref="Words128"/>. These repeat each other, as .NET has
/// no type that is a vector of any width.
/// </remarks>
/// <typeparam name="TSelf">The type that implements it.</typeparam>
internal interface IWords<TSelf>
    where TSelf : struct, IWords<TSelf>
{
    /// <summary>How many words there are.</summary>
    static abstract int Count { get; }

    /// <summary>The sums, modulo 2^16.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The lower halves of the products.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The difference, modulo 2^16.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The bits that are set in both.</summary>
    static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>The bits that are set in either.</summary>
    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Each word moved up or down by so many bits.</summary>
    static abstract TSelf operator <<(TSelf words, int bits);

    /// <inheritdoc cref="op_LeftShift"/>
    static abstract TSelf operator >>>(TSelf words, int bits);

    /// <summary>The upper halves of the products.</summary>
    static abstract TSelf MultiplyHigh(TSelf words, TSelf factors);

    /// <summary>One more wherever <paramref name="left"/> is less than <paramref name="right"/>.</summary>
    static abstract TSelf AddOneWhereLess(TSelf words, TSelf left, TSelf right);

    /// <summary>Where <paramref name="left"/> is less than <paramref name="right"/>: bit i for word i.</summary>
    static abstract uint WhereLess(TSelf left, TSelf right);

    /// <summary>The same word everywhere.</summary>
    static abstract TSelf Repeat(ushort word);

    /// <summary>Reads two bytes for each.</summary>
    static abstract TSelf Load(ref byte source);

    /// <summary>Writes two zeros for each.</summary>
    static abstract void Wipe(ref byte destination);

    /// <summary>Writes them.</summary>
    void Store(ref ushort destination);

    /// <summary>
    /// Writes the words but those where <paramref name="left"/> is less than <paramref name="right"/>, one after another, and returns how many.
    /// What follows them may be overwritten, up to as many words in all as there are.
    /// </summary>
    int StoreUnlessLess(TSelf left, TSelf right, ref ushort destination);

    /// <summary>The symbols of the digits that the bytes are, for two at once: they share the loading of the table.</summary>
    static abstract (TSelf One, TSelf Other) Find(SymbolTable symbols, TSelf one, TSelf other);

    /// <summary>The symbols of the digits that the bytes are.</summary>
    TSelf Find(SymbolTable symbols);
}
