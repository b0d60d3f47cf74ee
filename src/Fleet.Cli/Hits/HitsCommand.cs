using System.CommandLine;
using Fleet.Cli.Connection;
using Fleet.Cli.Scans.Files;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Hits;

/// <summary>`fleet hits`: what standing scans found.</summary>
internal static class HitsCommand
{
    // Counting millions of hits by kind takes a while.
    private static readonly TimeSpan s_longestSearch = TimeSpan.FromMinutes(5);

    public static Command Create(CommandContext context)
    {
        var command = new Command("hits", "Show hits of scans: fleet hits [TARGET] [--scan oom] [--since 1d] [--cluster].");
        var options = new HitOptionSet(command, context.Time);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = options.Read(parsed);
            using var client = context.Connect(parsed);
            await NoteUnknownScansAsync(context, client, request, cancellationToken);
            var report = await options.CreateAsync(parsed, context.Screen, token => HighlightAsync(context, client, request, token), cancellationToken);
            return await ReadAsync(context, client, request, report, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ReadAsync(CommandContext context, FleetClient client, SearchHitsRequest request, IHitReport report, CancellationToken cancellationToken)
    {
        if (request.Follow)
            return await FollowAsync(context, client, request, report, cancellationToken);
        using var call = client.Hits.SearchHits(request, deadline: context.Time.GetUtcNow().UtcDateTime + s_longestSearch, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
            report.Take(call.ResponseStream.Current);
        report.Finish();
        return ExitCode.Success;
    }

    private static async Task<int> FollowAsync(CommandContext context, FleetClient client, SearchHitsRequest request, IHitReport report, CancellationToken cancellationToken)
    {
        var watcher = new HitWatcher(
            (next, token) => client.Hits.SearchHits(next, cancellationToken: token), () => client.Trust.LastRefusal is not null, context.Time, context.Screen.Note);
        try
        {
            await foreach (var reply in watcher.FollowAsync(request, cancellationToken))
                report.Take(reply);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The way in which following ends.
            context.Screen.EndLine();
            report.Finish();
        }

        if (watcher.Cursor.Length > 0)
            context.Screen.Note($"to resume from here: --follow --after {watcher.Cursor}");
        return ExitCode.Interrupted;
    }

    // No refusal: hits of a deleted scan stay until retention takes them.
    private static async Task NoteUnknownScansAsync(CommandContext context, FleetClient client, SearchHitsRequest request, CancellationToken cancellationToken)
    {
        if (request.Scans.Count == 0)
            return;
        var reply = await client.Scans.ListScansAsync(new ListScansRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
        var known = reply.Scans.Select(scan => scan.Definition.Name).ToList();
        foreach (var name in request.Scans.Except(known, StringComparer.Ordinal))
        {
            var hint = known.Count == 0 ? "no scan is applied" : Nearest.Hint(name, known);
            context.Screen.Note($"scan \"{name}\" not found: {hint}");
        }
    }

    // Hits do not say what in their text matched; the scans do, as they stand now.
    private static async Task<HitHighlighter> HighlightAsync(CommandContext context, FleetClient client, SearchHitsRequest request, CancellationToken cancellationToken)
    {
        var reply = await client.Scans.ListScansAsync(new ListScansRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
        return new HitHighlighter(reply.Scans.Select(scan => scan.Definition), request.Text);
    }
}
