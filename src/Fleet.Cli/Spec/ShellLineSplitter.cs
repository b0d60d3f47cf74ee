namespace Fleet.Cli.Spec;

/// <summary>
/// Decides whether a command line needs a shell at all. A line of plain words means the same with and without one, and
/// starting the program directly saves a process on every host (as make does for its recipes).
/// </summary>
internal static class ShellLineSplitter
{
    // Shell keywords, and built-ins that differ from, or do not exist as, a program of that name.
    private static readonly HashSet<string> ShellOnly =
    [
        ".", ":", "[", "alias", "bg", "break", "case", "cd", "command", "continue", "do", "done", "echo", "elif", "else", "esac", "eval", "exec",
        "exit", "export", "false", "fc", "fg", "fi", "for", "function", "getopts", "hash", "if", "in", "jobs", "kill", "local", "printf", "pwd",
        "read", "readonly", "return", "set", "shift", "source", "test", "then", "time", "times", "trap", "true", "type", "ulimit", "umask",
        "unalias", "unset", "until", "wait", "while",
    ];

    /// <summary>The words of a line that needs no shell; null where it does.</summary>
    public static string[]? TrySplit(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || line.Any(NeedsShell) || words[0].Contains('=', StringComparison.Ordinal) || ShellOnly.Contains(words[0]))
            return null;
        return words;
    }

    private static bool NeedsShell(char c) => !(char.IsAsciiLetterOrDigit(c) || c is ' ' or '\t' or '/' or '.' or '-' or '_' or ',' or ':' or '+' or '@' or '%' or '=');
}
