namespace Fleet.LogSearch.Scans;

/// <summary>The names in a directory of logs.</summary>
internal static class LogDirectory
{
    /// <summary>Its files; none where it cannot be listed.</summary>
    public static IReadOnlyList<string> Files(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFiles(directory)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>What names of one kind have in common: <c>app.1.log</c> and <c>app.12.log</c>, not <c>db.1.log</c>.</summary>
    public static string KindOf(string path)
    {
        ReadOnlySpan<char> name = Path.GetFileName(path.AsSpan());
        var kind = new System.Text.StringBuilder(name.Length);
        foreach (char letter in name)
        {
            if (!char.IsAsciiDigit(letter))
            {
                kind.Append(letter);
            }
            else if (kind.Length == 0 || kind[^1] != '#')
            {
                kind.Append('#');
            }
        }

        return kind.ToString();
    }
}
