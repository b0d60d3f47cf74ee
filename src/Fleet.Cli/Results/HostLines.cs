using System.Text;

namespace Fleet.Cli.Results;

/// <summary>
/// What hosts print below headings. Only a heading has its mark at the very left: a line of a host that could be taken for one is moved right by one blank,
/// so that nobody can print a result that is none. In pipes and files there is no color to tell them apart by.
/// </summary>
internal static class HostLines
{
    // How every result is called that a heading can tell; a patch, whose lines begin alike, stays as it is.
    private static readonly string[] s_ends =
        ["succeeded", "failed", "timed out", "never answered", "cancelled", "interrupted", "rejected", "skipped", "running", "dispatched", "pending"];

    /// <summary>Output below the heading of a result, any number of lines.</summary>
    public static string BelowResult(string text) => Move(text, static line => s_ends.Any(end => line.Contains(end, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Text below the heading of a log, any number of lines.</summary>
    public static string BelowLog(string text) => Move(text, static _ => true);

    private static string Move(string text, Func<string, bool> isTaken)
    {
        if (!text.StartsWith(Heading.Mark, StringComparison.Ordinal) && !text.Contains("\n" + Heading.Mark, StringComparison.Ordinal))
            return text;
        var moved = new StringBuilder(text.Length + 16);
        var isFirst = true;
        foreach (var line in text.Split('\n'))
        {
            if (!isFirst)
                moved.Append('\n');
            isFirst = false;
            if (line.StartsWith(Heading.Mark, StringComparison.Ordinal) && isTaken(line))
                moved.Append(' ');
            moved.Append(line);
        }

        return moved.ToString();
    }
}
