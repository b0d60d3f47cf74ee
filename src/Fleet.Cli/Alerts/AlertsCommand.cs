using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Alerts;

/// <summary>`fleet alerts`: what somebody should look at.</summary>
internal static class AlertsCommand
{
    private const uint DefaultLimit = 200;

    // The controller waits for the receiver as long as its settings say, up to 5 minutes.
    private static readonly TimeSpan s_longestTest = TimeSpan.FromMinutes(6);

    public static Command Create(CommandContext context)
    {
        var command = new Command("alerts", "List, acknowledge and silence alerts, and test notification channels. Without a subcommand it lists open alerts.")
        {
            List(context), Show(context), Acknowledge(context), Silence(context), Silences(context), Unsilence(context), Test(context),
        };
        command.SetAction((parsed, cancellationToken) => ListAsync(context, parsed, new ListAlertsRequest { Limit = DefaultLimit }, json: false, cancellationToken));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "One JSON object per line." };

    private static Command List(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = "Include resolved alerts." };
        var scan = new Option<string?>("--scan") { Description = "Only alerts of this scan.", HelpName = "NAME" };
        var limit = new Option<uint?>("--limit") { Description = "At most N, the newest. Default 200.", HelpName = "N", CustomParser = OptionValues.Whole<uint>() };
        var json = Json();
        var command = new Command("list", "List open alerts, newest first.") { all, scan, limit, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new ListAlertsRequest { All = parsed.GetValue(all), Scan = parsed.GetValue(scan) ?? "", Limit = parsed.GetValue(limit) ?? DefaultLimit };
            return ListAsync(context, parsed, request, parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> ListAsync(CommandContext context, ParseResult parsed, ListAlertsRequest request, bool json, CancellationToken cancellationToken)
    {
        using var client = context.Connect(parsed);
        var reply = await client.Alerts.ListAlertsAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
        if (json)
            AlertLines.Write(context.Screen, reply.Alerts);
        else
            AlertTables.List(context.Screen, reply.Alerts, context.Time.GetUtcNow());
        if (reply.Truncated)
            context.Screen.Note("more alerts exist (--limit, --scan)");
        return ExitCode.Success;
    }

    private static Command Show(CommandContext context)
    {
        var id = new Argument<string>("alert") { Description = "The alert's id." };
        var json = Json();
        var command = new Command("show", "Show an alert: hosts, examples and notifications.") { id, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var alert = await client.Alerts.GetAlertAsync(new GetAlertRequest { Id = parsed.GetRequiredValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
                AlertLines.Write(context.Screen, [alert]);
            else
                AlertTables.Show(context.Screen, alert, context.Time.GetUtcNow());
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Acknowledge(CommandContext context)
    {
        var ids = new Argument<string[]>("alerts") { Description = "Ids of alerts.", Arity = ArgumentArity.OneOrMore };
        var comment = new Option<string?>("--comment", "-m") { Description = "Comment for other operators.", HelpName = "TEXT" };
        var command = new Command("ack", "Acknowledge alerts.") { ids, comment };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var request = new AcknowledgeAlertsRequest { Ids = { parsed.GetValue(ids) }, Comment = parsed.GetValue(comment) ?? "" };
            var reply = await client.Alerts.AcknowledgeAlertsAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync($"acknowledged: {string.Join(", ", reply.Acknowledged)}");
            var unknown = request.Ids.Except(reply.Acknowledged).ToList();
            if (unknown.Count == 0)
                return ExitCode.Success;
            context.Screen.Note($"alert not found: {string.Join(", ", unknown)}");
            return ExitCode.SomeFailed;
        });
        return command;
    }

    private static Command Silence(CommandContext context)
    {
        var scan = new Option<string?>("--scan") { Description = "Scans with this name (glob).", HelpName = "GLOB" };
        var pattern = new Option<string?>("--pattern") { Description = "Patterns with this name (glob).", HelpName = "GLOB" };
        var host = new Option<string?>("--host") { Description = "Hosts with this name (glob).", HelpName = "GLOB" };
        var lasting = new Option<TimeSpan>("--for")
        {
            Description = "How long, 1m to 90d.", HelpName = "DURATION", Required = true, CustomParser = result => OptionValues.Duration(result),
        };
        var comment = new Option<string?>("--comment", "-m") { Description = "Reason, shown to other operators.", HelpName = "TEXT" };
        var command = new Command("silence", "Mute notifications for some time: fleet alerts silence --scan oom --host 'web*' --for 2h. Alerts still fire.")
        {
            scan, pattern, host, lasting, comment,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new CreateSilenceRequest
            {
                Scan = parsed.GetValue(scan) ?? "",
                Pattern = parsed.GetValue(pattern) ?? "",
                AgentName = parsed.GetValue(host) ?? "",
                DurationMs = (long)parsed.GetValue(lasting).TotalMilliseconds,
                Comment = parsed.GetValue(comment) ?? "",
            };
            if (request.Scan.Length + request.Pattern.Length + request.AgentName.Length == 0)
                throw CommandFailure.Usage("no alerts were selected", "give --scan, --pattern or --host; --scan '*' for all");
            if (parsed.GetValue(lasting) < TimeSpan.FromMinutes(1) || parsed.GetValue(lasting) > TimeSpan.FromDays(90))
                throw CommandFailure.Usage("--for is out of range", "give 1m to 90d");
            using var client = context.Connect(parsed);
            var silence = await client.Alerts.CreateSilenceAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync($"{silence.Id}");
            context.Screen.Note($"muted until {TimeText.Local(silence.ExpiresMs)}; to end it sooner: fleet alerts unsilence {silence.Id}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Silences(CommandContext context)
    {
        var json = Json();
        var command = new Command("silences", "List active silences.") { json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Alerts.ListSilencesAsync(new ListSilencesRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
                AlertLines.Write(context.Screen, reply.Silences);
            else
                AlertTables.Silences(context.Screen, reply.Silences);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Unsilence(CommandContext context)
    {
        var id = new Argument<string>("silence") { Description = "The silence's id." };
        var command = new Command("unsilence", "Delete a silence.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var silence = await client.Alerts.DeleteSilenceAsync(new DeleteSilenceRequest { Id = parsed.GetValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            context.Screen.Note($"silence {silence.Id} of {silence.CreatedBy} deleted");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Test(CommandContext context)
    {
        var name = new Argument<string>("channel") { Description = "The channel's name." };
        var command = new Command("test", "Send a test notification to a channel and print the result.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Alerts.TestChannelAsync(new TestChannelRequest { Name = parsed.GetValue(name) }, deadline: context.Time.GetUtcNow().UtcDateTime + s_longestTest, cancellationToken: cancellationToken);
            if (reply.Delivered)
                context.Screen.Note($"test notification sent to {parsed.GetValue(name)}");
            else
                context.Screen.Note($"test notification failed: {parsed.GetValue(name)}: {reply.Error}");
            return reply.Delivered ? ExitCode.Success : ExitCode.SomeFailed;
        });
        return command;
    }
}
