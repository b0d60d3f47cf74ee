namespace Fleet.LogSearch.Searching;

/// <summary>Where lines begin and end.</summary>
internal static class LineSpan
{
    /// <summary>A line without its line end, be it Unix's or Windows'.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty && line[^1] == '\n')
        {
            line = line[..^1];
        }

        return !line.IsEmpty && line[^1] == '\r' ? line[..^1] : line;
    }

    /// <summary>The start of the line that holds a place, not before <paramref name="from"/>.</summary>
    public static int StartOf(ReadOnlySpan<byte> text, int from, int place) => from + text[from..place].LastIndexOf((byte)'\n') + 1;

    /// <summary>Where the text of a line begins that has NULs before it.</summary>
    public static int SkipHole(ReadOnlySpan<byte> text, int start, int end) =>
        start < end && text[start] == 0 && text[start..end].IndexOfAnyExcept((byte)0) is var hole ? hole < 0 ? end : start + hole : start;

    /// <summary>The end of the line that holds a place, after its line end.</summary>
    public static int EndOf(ReadOnlySpan<byte> text, int place)
    {
        int end = text[place..].IndexOf((byte)'\n');
        return end < 0 ? text.Length : place + end + 1;
    }
}
