namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>A set of code points as ranges, in order, none touching another.</summary>
internal sealed class CodeRanges : IEquatable<CodeRanges>
{
    /// <summary>The last code point there is.</summary>
    public const int Last = 0x10FFFF;

    private readonly (int First, int Last)[] _ranges;

    private CodeRanges((int First, int Last)[] ranges) => _ranges = ranges;

    /// <summary>No code point.</summary>
    public static CodeRanges Empty { get; } = new([]);

    public ReadOnlySpan<(int First, int Last)> Ranges => _ranges;

    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>How many code points there are in it.</summary>
    public int Count
    {
        get
        {
            int count = 0;
            foreach ((int first, int last) in _ranges)
            {
                count += last - first + 1;
            }

            return count;
        }
    }

    /// <summary>From ranges in any order, which may overlap.</summary>
    public static CodeRanges Of(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return merged.Count == 0 ? Empty : new CodeRanges([.. merged]);
    }

    public static CodeRanges Of(params (int First, int Last)[] ranges) => Of(ranges.AsEnumerable());

    public CodeRanges With(CodeRanges other) => other.IsEmpty ? this : IsEmpty ? other : Of(_ranges.Concat(other._ranges));

    /// <summary>All code points that are not in it.</summary>
    public CodeRanges Complement()
    {
        var gaps = new List<(int First, int Last)>();
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (first > next)
            {
                gaps.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            gaps.Add((next, Last));
        }

        return new CodeRanges([.. gaps]);
    }

    public CodeRanges Without(CodeRanges other) => Complement().With(other).Complement();

    public bool Contains(int code)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (code < _ranges[middle].First)
            {
                high = middle - 1;
            }
            else if (code > _ranges[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        return false;
    }

    public bool Equals(CodeRanges? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    public override bool Equals(object? obj) => Equals(obj as CodeRanges);

    public override int GetHashCode() => _ranges.Length == 0 ? 0 : HashCode.Combine(_ranges.Length, _ranges[0], _ranges[^1]);
}
