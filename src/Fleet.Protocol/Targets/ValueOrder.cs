using Fleet.Protocol.NodeSets;

namespace Fleet.Protocol.Targets;

/// <summary>How the values of labels and facts compare: sizes as numbers, everything else as people read versions.</summary>
/// <remarks>
/// Where either side has a unit of size, both are amounts: <c>8GiB</c> equals <c>8589934592</c>. Otherwise values that begin with a
/// digit compare part by part, so kernel 5.10 is above 5.4, and a pre-release (<c>6.1-rc1</c>) is below its release.
/// The price: decimals without a unit compare as versions too. A number and a word do not compare at all.
/// </remarks>
internal static class ValueOrder
{
    private static readonly string[] s_preRelease = ["alpha", "beta", "dev", "pre", "rc"];

    public static bool AreEqual(string value, string literal) =>
        value.Equals(literal, StringComparison.OrdinalIgnoreCase)
        || (Amount.TryParse(value, out var left) && Amount.TryParse(literal, out var right)
            && (left.HasUnit || right.HasUnit) && left.Number == right.Number);

    /// <summary>Negative, zero or positive; null where the two do not compare.</summary>
    public static int? Compare(string value, string literal)
    {
        var isAmount = Amount.TryParse(value, out var left) & Amount.TryParse(literal, out var right);
        if (left.HasUnit || right.HasUnit)
            return isAmount ? left.Number.CompareTo(right.Number) : null;
        if (isAmount && (left.IsNegative || right.IsNegative))
            return left.Number.CompareTo(right.Number);

        var (a, b) = (Bare(value), Bare(literal));
        if (StartsWithDigit(a) != StartsWithDigit(b))
            return null;
        return StartsWithDigit(a) ? CompareVersions(a, b) : NaturalOrder.Compare(Lower(value), Lower(literal));
    }

    private static int CompareVersions(string a, string b)
    {
        if (a.Length > b.Length && a.StartsWith(b, StringComparison.Ordinal) && IsPreRelease(a.AsSpan(b.Length)))
            return -1;
        if (b.Length > a.Length && b.StartsWith(a, StringComparison.Ordinal) && IsPreRelease(b.AsSpan(a.Length)))
            return 1;
        return NaturalOrder.Compare(a, b);
    }

    private static bool IsPreRelease(ReadOnlySpan<char> tail)
    {
        tail = tail.TrimStart("-~._");
        foreach (var word in s_preRelease)
        {
            if (tail.StartsWith(word, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    // v1.2 is version 1.2.
    private static string Bare(string text)
    {
        text = Lower(text);
        return text.Length > 1 && text[0] == 'v' && char.IsAsciiDigit(text[1]) ? text[1..] : text;
    }

    private static bool StartsWithDigit(string text) => text.Length > 0 && char.IsAsciiDigit(text[0]);

    private static string Lower(string text) => text.ToLowerInvariant();
}
