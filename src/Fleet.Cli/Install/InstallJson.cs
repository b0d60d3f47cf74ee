using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;

namespace Fleet.Cli.Install;

/// <summary>`--json`: an object per host when it is done, and a summary. The fields are in docs/json.md.</summary>
internal sealed class InstallJson(Screen screen)
{
    private readonly JsonLines _lines = new(screen.Writer);

    /// <summary>A host is done.</summary>
    public void Write(HostResult result) => _lines.Write("install", json =>
    {
        var (target, outcome) = result;
        json.WriteString("host", target.Name);
        json.WriteString("outcome", InstallFormatter.Key(outcome.Kind));
        json.WriteBoolean("success", outcome.IsGood);
        json.WriteOptional("reason", outcome.Reason);
        json.WriteOptional("details", outcome.Details);
        json.WriteOptional("hint", InstallFormatter.Hint(outcome.Kind));
        json.WriteOptional("agent", outcome.Agent?.Name);
        json.WriteOptional("agent_id", outcome.Agent?.Id);
        if (outcome.LabelsSet is { } labels)
            json.WriteMap("labels_set", labels);
    });

    /// <summary>All hosts are done.</summary>
    public void Finish(IReadOnlyList<HostResult> results, string agentVersion, TimeSpan elapsed) => _lines.Write("summary", json =>
    {
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
        json.WriteString("agent_version", agentVersion);
        json.WriteNumber("host_count", results.Count);
        foreach (var kind in results.GroupBy(result => result.Outcome.Kind).OrderBy(kind => kind.Key))
            json.WriteNumber(InstallFormatter.Key(kind.Key), kind.Count());
    });

    /// <summary>`--dry-run`: what would be done.</summary>
    public void Preview(IReadOnlyList<InstallTarget> targets, InstallOptions options)
    {
        foreach (var target in targets)
        {
            _lines.Write("install", json =>
            {
                json.WriteString("host", target.Name);
                json.WriteString("outcome", "would_be_installed");
                json.WriteTexts("labels", options.LabelsOf(target));
                json.WriteTexts("ssh", SshArguments.Of(target, options.ConnectTimeout, options.SshOptions));
            });
        }
    }
}
