namespace Fleet.Cli.Install;

/// <summary>Words for a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>The word between single quotes, within which nothing means anything (POSIX, Shell Command Language, 2.2.2).</summary>
    public static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Words as one line that can be pasted; quotes only where they are needed.</summary>
    public static string Line(IEnumerable<string> words) => string.Join(' ', words.Select(word => IsPlain(word) ? word : Quote(word)));

    private static bool IsPlain(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '=' or ':' or ',' or '@' or '%' or '+');
}
