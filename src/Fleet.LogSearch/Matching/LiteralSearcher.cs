namespace Fleet.LogSearch.Matching;

/// <summary>Finds the next place where one of a few literals stands.</summary>
internal abstract class LiteralSearcher
{
    /// <summary>Chooses the quickest way to look for these literals.</summary>
    public static LiteralSearcher Create(IReadOnlyCollection<Literal> literals)
    {
        Literal[] distinct = literals.Distinct().ToArray();
        return distinct.Length == 1 ? new SingleLiteralSearcher(distinct[0])
            : distinct.Length > FewLiteralsSearcher.MostLiterals || ManyLiteralsSearcher.HasShuffle ? new ManyLiteralsSearcher(distinct)
            : new FewLiteralsSearcher(distinct);
    }

    /// <summary>Where a literal starts, or -1; with several literals not always the leftmost, but always one on the first line that has any.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="length">The length of the literal found, in bytes.</param>
    public abstract int IndexOf(ReadOnlySpan<byte> text, out int length);
}
