namespace Fleet.Protocol.Targets;

/// <summary>Matches <c>*</c> (any characters) and <c>?</c> (any one), ignoring case.</summary>
internal static class Glob
{
    public static bool IsGlob(string text) => text.AsSpan().ContainsAny('*', '?');

    /// <remarks>Falls back to the last star only, which suffices: at worst pattern length times text length.</remarks>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (p, t) = (0, 0);
        var (star, resume) = (-1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || AreAlike(pattern[p], text[t])))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }

    // The same folding as StringComparison.OrdinalIgnoreCase.
    private static bool AreAlike(char a, char b) => a == b || char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
