namespace Fleet.LogSearch.Scans;

/// <summary>Files that logs of a glob have read, and that have names by now that the glob matches: they are not to be read again as logs of their own.</summary>
/// <param name="Files">Which.</param>
public sealed record RenamedMark(IReadOnlyList<FilePosition> Files) : LogMark
{
    private const string Form = "renamed 1";

    /// <inheritdoc/>
    public override string Write() => string.Join('\n', [Form, .. Files.Select(file => Known(file).Write(null))]);

    /// <summary>Reads one back; none where the text is no such mark.</summary>
    public static RenamedMark Parse(string text)
    {
        string[] lines = text.Split('\n');
        try
        {
            return new RenamedMark(lines[0] == Form ? [.. lines.Skip(1).Select(line => FilePosition.Read(line, out _, out _))] : []);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException or ArgumentException)
        {
            return new RenamedMark([]);
        }
    }

    // Where births are known, number and birth are enough.
    private static FilePosition Known(FilePosition file) => file.BornStamp == 0 ? file : file with { HeadBytes = 0, Head = "", First = "", Tail = "", Latter = "" };
}
