namespace CodePool.Internal.Generation;

/// <summary>Thirty-two words of 16 bits, in as many vectors as that takes on the machine. Every operation is done to each word.</summary>
/// <remarks>Why an interface: the steps are then written once, for all widths of vectors; the compiler makes each width's own code.</remarks>
/// <typeparam name="TSelf">The type that implements it.</typeparam>
internal interface IWords<TSelf>
    where TSelf : struct, IWords<TSelf>
{
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

    /// <summary>Reads 64 bytes.</summary>
    static abstract TSelf Load(ref byte source);

    /// <summary>Writes 64 zeros.</summary>
    static abstract void Wipe(ref byte destination);

    /// <summary>Writes 32 words.</summary>
    void Store(ref ushort destination);

    /// <summary>
    /// Writes the words but those where <paramref name="left"/> is less than <paramref name="right"/>, one after another, and returns how many.
    /// Whatever follows them is overwritten, 32 words in all.
    /// </summary>
    int StoreUnlessLess(TSelf left, TSelf right, ref ushort destination);

    /// <summary>The symbols of the digits that the bytes are.</summary>
    TSelf Find(SymbolTable symbols);
}
