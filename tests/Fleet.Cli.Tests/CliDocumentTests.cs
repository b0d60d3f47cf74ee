using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Cli.Access;
using Fleet.Cli.Alerts;
using Fleet.Cli.Contexts;
using Fleet.Cli.Hits;
using Fleet.Cli.Interrupt;
using Fleet.Cli.Results;
using Fleet.Cli.Scans;
using Fleet.Cli.Tests.Alerts;
using Fleet.Cli.Tests.Hits;
using Fleet.Cli.Tests.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests;

/// <summary>docs/cli.md names every command and every option worth a theme, docs/json.md every field of the JSON that is printed.</summary>
public sealed partial class CliDocumentTests
{
    // What every command has, or what a command's own help says best.
    private static readonly string[] s_unthemed = ["--help", "--version", "--context", "--no-color", "--all"];

    private static readonly string s_document =
        File.ReadAllText(Repository.At("docs", "cli.md")) + File.ReadAllText(Repository.At("docs", "json.md"));

    [Fact]
    public void Every_command_is_in_the_document()
    {
        var (screen, _) = Some.Screen();
        using var ctrlC = new CtrlC();
        var context = new CommandContext(screen, new ContextStore(Path.GetTempPath()), CommandTree.ContextOption(), TimeProvider.System, ctrlC, null);
        var root = CommandTree.Create(context);
        foreach (var command in root.Subcommands)
        {
            var names = command.Subcommands.Count == 0 || command.Name == "completion" ? [command.Name] : command.Subcommands.Select(child => $"{command.Name} {child.Name}");
            foreach (var name in names)
                s_document.ShouldContain($"`{name}`");
        }

        foreach (var option in root.Subcommands.Where(command => command.Name is "exec" or "grep" or "tail" or "hits").SelectMany(command => command.Options).Where(option => !s_unthemed.Contains(option.Name)))
            s_document.ShouldContain($"`{option.Name}`", customMessage: option.Name);
    }

    [Fact]
    public void Every_field_of_the_results_is_in_the_document()
    {
        var documented = Code().Matches(s_document).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        string[] states = ["succeeded", "failed", "timed_out", "expired"];
        foreach (var name in Printed().SelectMany(Names).Except(states).Distinct())
            documented.ShouldContain(name);
    }

    [Fact]
    public async Task Every_field_of_tails_is_in_the_document()
    {
        var documented = Code().Matches(s_document).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var printed = await Tail.Tails_shown.PrintedAsync();
        foreach (var name in printed.SelectMany(Names).Concat(printed.Select(line => line.GetProperty("type").GetString()!)).Distinct())
            documented.ShouldContain(name);
    }

    private static IEnumerable<JsonElement> Printed()
    {
        JobEvent[] Log() => [.. Some.Log(
            Some.Job("x"), Some.Hosts("web1", "web2", "web3"),
            Some.Out(1, "\u00ff\u00fe"), Some.Out(1, "err", stream: OutputStream.Stderr), Some.StepExit(1, 3, total: 10, dropped: 8),
            Some.End(1, TaskState.Failed, 3, "exit code 3"), Some.End(2, TaskState.Expired, reason: "no link"), Some.End(3, TaskState.TimedOut))];
        foreach (var create in new Func<TextWriter, IResultRenderer>[] { text => new JsonResultRenderer(text, false), text => new JsonEventRenderer(text) })
        {
            var text = new StringWriter();
            Some.Play(Log(), create(text));
            foreach (var line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
                yield return JsonDocument.Parse(line).RootElement;
        }

        foreach (var line in PrintedOfScans().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            yield return JsonDocument.Parse(line).RootElement;
    }

    private static string PrintedOfScans()
    {
        var (screen, text) = Some.Screen();
        ScanJson.Write(screen, Scans_shown.Details());
        ChannelTable.Write(screen, [new NotificationChannel { Name = "c", Webhook = new Webhook() }], asJson: true);
        var hits = new HitJsonReport(screen);
        hits.Take(new SearchHitsReply
        {
            Hits = { SomeHits.Hit("h", "text", 1, cut: true) }, Summaries = { SomeHits.Summary("h", 2, 1, 2) },
            Gaps = { SomeHits.Gap("h", 1, 2, lostLines: 3) }, Clusters = { new LogCluster { Template = "t", FirstUs = 1, LastUs = 2, HostCount = 1, Hosts = { "h" } } },
            Cursor = "h1-1",
        });
        hits.Finish();
        AlertLines.Write(screen, [SomeAlerts.Alert(change: alert =>
        {
            (alert.Template, alert.ResolvedMs, alert.AcknowledgedBy, alert.Acknowledgement, alert.SilenceId) = ("t", 1, "a", "b", "s");
            alert.Deliveries.Add(new Delivery { Channel = "c", Status = "firing", SentMs = 1, LastError = "f" });
        })]);
        AccessJson.Write(screen, [new Token { Id = "t-1", Role = "viewer", Note = "n", Labels = { ["role"] = "web" } }], _ => "valid");
        AccessJson.Write(screen, [new Operator { Name = "ann" }]);
        AlertLines.Write(screen, [new Silence { Id = "s", Scan = "a", Pattern = "b", AgentName = "c", Comment = "d" }]);
        return text.ToString();
    }

    private static IEnumerable<string> Names(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(field => Names(field.Value).Prepend(field.Name.Replace("_base64", "", StringComparison.Ordinal))),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Names),
        _ => [],
    };

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex Code();
}
