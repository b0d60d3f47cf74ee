namespace Fleet.Protocol.NodeSets;

/// <summary>Orders names as people do: <c>web2</c> before <c>web10</c>. A total order: only equal texts compare as equal.</summary>
public sealed class NaturalOrder : IComparer<string>
{
    private NaturalOrder()
    {
    }

    /// <summary>The one instance.</summary>
    public static NaturalOrder Comparer { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        if (x is null || y is null)
            return x is null ? -1 : 1;

        var order = Compare(x.AsSpan(), y.AsSpan());
        // web1 and web01 are the same number: the text itself decides, so that the order stays total.
        return order != 0 ? order : string.CompareOrdinal(x, y);
    }

    /// <summary>Compares runs of digits by value and everything else by character; padding makes no difference.</summary>
    internal static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var (i, j) = (0, 0);
        while (i < x.Length && j < y.Length)
        {
            if (!char.IsAsciiDigit(x[i]) || !char.IsAsciiDigit(y[j]))
            {
                var difference = x[i++] - y[j++];
                if (difference != 0)
                    return difference;
                continue;
            }

            var left = ReadNumber(x, ref i);
            var right = ReadNumber(y, ref j);
            var order = left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);
            if (order != 0)
                return order;
        }

        return x.Length - i - (y.Length - j);
    }

    // Without leading zeros the longer run is the larger number, however many digits it has.
    private static ReadOnlySpan<char> ReadNumber(ReadOnlySpan<char> text, ref int position)
    {
        while (position < text.Length && text[position] == '0')
            position++;
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
            position++;
        return text[start..position];
    }
}
