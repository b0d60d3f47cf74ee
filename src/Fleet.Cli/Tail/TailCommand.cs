using System.CommandLine;
using Fleet.Cli.Confirmation;
using Fleet.Cli.Connection;
using Fleet.Cli.Logs;
using Fleet.Cli.Options;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tail;

/// <summary>`fleet tail`: lines of many hosts' logs as they are written.</summary>
internal static class TailCommand
{
    // For what was read already to be printed.
    private static readonly TimeSpan s_printLimit = TimeSpan.FromSeconds(2);

    public static Command Create(CommandContext context)
    {
        var command = new Command("tail", "Follow logs of many hosts live: fleet tail TARGET [--file PATH] [-e PATTERN]. Without --file, follow the journal.");
        var target = new TargetOptionSet(command, required: true);
        var matching = new LogMatchOptionSet(command);
        var sources = new LogSourceOptionSet(command, canChooseRotated: false);
        var options = new TailOptionSet(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // 1. Everything that can be wrong here is found before the controller is asked.
            var selection = target.Read(parsed);
            var order = Order(sources.Read(parsed), matching.Read(parsed, null), options.LastLines(parsed));
            var (lasts, most) = (options.For(parsed), options.MostLines(parsed));

            // 2. The hosts that the operator was shown are followed, and no others.
            using var client = context.Connect(parsed);
            var preview = await client.Jobs.PreviewTargetAsync(new PreviewTargetRequest { Target = selection }, deadline: context.Soon, cancellationToken: cancellationToken);
            if (preview.Unknown.Count > 0)
                context.Screen.Note($"not enrolled, ignored: {NodeSet.Fold(preview.Unknown)}");
            new HostConfirmation(HostConfirmation.AboveOfUser(), options.AssumesYes(parsed), context.Screen.Input, context.Screen.Err)
                .Ask("follow logs", preview, target.IsAll(parsed));

            // 3. They are, until somebody or something ends it.
            var request = new TailRequest { Target = selection, PreviewDigest = preview.Digest, Order = order };
            ITailPrinter printer = options.IsJson(parsed) ? new TailJsonPrinter(context.Screen.Writer) : new TailTextPrinter(context.Screen, ShowsSource(order));
            return await FollowAsync(context, client, request, printer, lasts, most, cancellationToken);
        });
        return command;
    }

    private static async Task<int> FollowAsync(
        CommandContext context, FleetClient client, TailRequest request, ITailPrinter printer, TimeSpan? lasts, long most, CancellationToken pressed)
    {
        using var over = lasts is { } span ? new CancellationTokenSource(span, context.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, pressed);
        using var abandon = new CancellationTokenSource();
        await using var _ = stop.Token.Register(() => abandon.CancelAfter(s_printLimit));
        var began = context.Time.GetTimestamp();
        var tally = new TailTally();
        var journey = new TailJourney(client, context.Time, context.Screen.Note);
        try
        {
            var end = await journey.RunAsync(request, () => new TailStream(printer, tally, most, context.Time), stop.Token, abandon.Token);
            if (pressed.IsCancellationRequested)
                context.Screen.EndLine();
            if (end != TailEnd.OutputClosed)
                printer.Finish(tally, context.Time.GetElapsedTime(began));
            return end == TailEnd.OutputClosed ? ExitCode.Success
                : pressed.IsCancellationRequested ? ExitCode.Interrupted
                : tally.Ended.Count > 0 ? ExitCode.SomeFailed : ExitCode.Success;
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            // A terminal or pipe that takes nothing holds the thread that prints, and would hold the process's end too.
            Environment.Exit(pressed.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.SomeFailed);
            throw;
        }
    }

    private static TailOrder Order(IReadOnlyList<LogSource> sources, LogMatching matching, uint lastLines)
    {
        var order = new TailOrder
        {
            Sources = { sources },
            Patterns = { matching.Patterns },
            Exclude = { matching.Exclude },
            Invert = matching.Invert,
            JsonFields = { matching.JsonFields },
            Encoding = matching.Encoding,
            LastLines = lastLines,
        };
        SearchCheck.Check(new SearchLogs { Sources = { sources }, Patterns = { matching.Patterns }, Exclude = { matching.Exclude }, Invert = matching.Invert });
        return order;
    }

    private static bool ShowsSource(TailOrder order) =>
        order.Sources.Count > 1 || order.Sources[0].Files is { } files && files.Path.AsSpan().ContainsAny('*', '?');
}
