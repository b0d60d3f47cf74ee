using Fleet.Protocol.V1;

namespace Fleet.Cli.Spec;

/// <summary>How a step is shown: as one would type it.</summary>
internal static class StepTitle
{
    public static string Of(Step step) => step.ActionCase switch
    {
        Step.ActionOneofCase.Argv => string.Join(' ', step.Argv.Words.Select(Quote)),
        Step.ActionOneofCase.Shell => step.Shell.Line,
        Step.ActionOneofCase.Script => string.Join(' ', step.Script.Arguments.Select(Quote).Prepend(step.Script.Name)),
        Step.ActionOneofCase.Builtin => "built-in " + step.Builtin.Name,
        Step.ActionOneofCase.SearchLogs => Of(step.SearchLogs),
        Step.ActionOneofCase.UpgradeAgent => $"upgrade agent to {step.UpgradeAgent.Version} ({Convert.ToHexStringLower(step.UpgradeAgent.Sha256.Span)[..12]})",
        _ => "unknown step",
    };

    private static string Of(SearchLogs search)
    {
        var words = search.Patterns.Select(pattern => Quote(pattern.Text)).Prepend("grep");
        var sources = search.Sources.Select(source => source.SourceCase switch
        {
            LogSource.SourceOneofCase.Files => source.Files.Path,
            LogSource.SourceOneofCase.Journal => string.Join(' ', source.Journal.Fields.Prepend("journal")),
            _ => "kernel",
        });
        return string.Join(' ', words.Append("in").Concat(sources));
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/.-_,:+@%=".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
