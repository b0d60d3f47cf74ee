using System.Text.Json;
using Fleet.Cli.Output;
using Fleet.Cli.Results;

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
        json.WriteString("outcome", InstallWords.Key(outcome.Kind));
        json.WriteBoolean("good", outcome.IsGood);
        Optional(json, "reason", outcome.Reason);
        Optional(json, "details", outcome.Details);
        Optional(json, "mend", InstallWords.Mend(outcome.Kind));
        Optional(json, "agent", outcome.Agent?.Name);
        Optional(json, "agent_id", outcome.Agent?.Id);
        if (outcome.LabelsSet is not { } labels)
            return;
        json.WriteStartObject("labels_set");
        foreach (var (key, value) in labels)
            json.WriteString(key, value);
        json.WriteEndObject();
    });

    /// <summary>All hosts are done.</summary>
    public void Finish(IReadOnlyList<HostResult> results, string agentVersion, TimeSpan elapsed) => _lines.Write("summary", json =>
    {
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
        json.WriteString("agent_version", agentVersion);
        json.WriteNumber("hosts", results.Count);
        foreach (var kind in results.GroupBy(result => result.Outcome.Kind).OrderBy(kind => kind.Key))
            json.WriteNumber(InstallWords.Key(kind.Key), kind.Count());
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
                WriteTexts(json, "labels", options.LabelsOf(target));
                WriteTexts(json, "ssh", SshWords.Of(target, options.ConnectTimeout, options.SshOptions));
            });
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? text)
    {
        if (text is { Length: > 0 })
            json.WriteString(name, text);
    }
}
