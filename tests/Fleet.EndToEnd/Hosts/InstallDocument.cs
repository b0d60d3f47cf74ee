using System.Text.RegularExpressions;

namespace Fleet.EndToEnd.Hosts;

/// <summary>The commands of docs/install.md, as they stand there.</summary>
internal static partial class InstallDocument
{
    private static readonly string s_text = File.ReadAllText(Repository.At("docs", "install.md"));

    /// <summary>The lines of a section's first block of commands, without comments.</summary>
    public static IReadOnlyList<string> Commands(string heading)
    {
        var start = s_text.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        start.ShouldBeGreaterThanOrEqualTo(0, heading);
        var block = Block().Match(s_text, start).Groups[1].Value;
        return [.. block.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Comment().Replace(line, "").TrimEnd())];
    }

    [GeneratedRegex("```\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\s{2,}#.*$")]
    private static partial Regex Comment();
}
