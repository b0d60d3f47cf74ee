using Fleet.Protocol.V1;
using Google.Protobuf;

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
        Step.ActionOneofCase.UpgradeAgent => Of(step.UpgradeAgent),
        _ => "unknown step",
    };

    private static string Of(UpgradeAgent upgrade)
    {
        var digests = upgrade.Artifacts.Count == 0 ? [Digest(upgrade.Sha256)] : upgrade.Artifacts.Select(artifact => $"{artifact.Architecture} {Digest(artifact.Sha256)}");
        return $"upgrade agent to {upgrade.Version} ({string.Join(", ", digests)})";
    }

    private static string Digest(ByteString sha256) => Convert.ToHexStringLower(sha256.Span)[..12];

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
