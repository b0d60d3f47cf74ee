namespace Fleet.Cli.Scans.Files;

/// <summary>A place in a file, as compilers write it; counted from 1.</summary>
internal readonly record struct YamlPlace(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A value in a YAML file, with its place.</summary>
internal abstract class YamlNode(YamlPlace at)
{
    public YamlPlace At { get; } = at;
}

/// <summary>A list.</summary>
internal sealed class YamlList(YamlPlace at, IReadOnlyList<YamlNode> items) : YamlNode(at)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;
}

/// <summary>Keys and values, in the order of the file; a key may stand there twice.</summary>
internal sealed class YamlMap(YamlPlace at, IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> entries) : YamlNode(at)
{
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries { get; } = entries;
}

/// <summary>A text; what it means (a number, a duration, yes or no) is for its reader to say.</summary>
/// <param name="at">Where it begins; of a quoted text the quote.</param>
/// <param name="text">The text without quotes and escapes.</param>
/// <param name="isQuoted">Whether it stands in quotes.</param>
/// <param name="line">The line of the file in which it begins.</param>
internal sealed class YamlScalar(YamlPlace at, string text, bool isQuoted, string line) : YamlNode(at)
{
    public string Text { get; } = text;

    /// <summary>`key:` with nothing behind it, `~` or `null`.</summary>
    public bool IsEmpty => !isQuoted && Text is "" or "~" or "null";

    /// <summary>The place of a character of the text: exact where the file has the text as it is, else where the text begins.</summary>
    public YamlPlace PlaceOf(int offset)
    {
        var begin = At.Column - 1 + (isQuoted ? 1 : 0);
        var isThere = offset >= 0 && offset <= Text.Length && begin + offset <= line.Length
            && line.AsSpan(begin, offset).SequenceEqual(Text.AsSpan(0, offset));
        return isThere ? At with { Column = begin + offset + 1 } : At;
    }
}
