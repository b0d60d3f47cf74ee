using System.CommandLine;
using System.Globalization;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Controllers;

/// <summary>`fleet controller`: the controller itself.</summary>
internal static class ControllerCommand
{
    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error", "critical"];

    public static Command Create(CommandContext context) => new("controller", "Show and configure the controller.") { Status(context), LogLevel(context) };

    private static Command Status(CommandContext context)
    {
        var command = new Command("status", "Show controller status.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var status = await client.Control.GetStatusAsync(new GetStatusRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            TableText.Write(context.Screen, ["", ""], new (string, string)[]
            {
                ("address", client.Context.Controller),
                ("version", status.Version),
                ("started", TimeText.Local(status.StartedMs)),
                ("hosts", $"{status.AgentsOnline} online of {status.AgentsEnrolled}"),
                ("open jobs", status.JobsOpen.ToString(CultureInfo.InvariantCulture)),
                ("store", $"{status.StoreBytes / 1024} KiB"),
                ("handshakes waiting", status.HandshakesWaiting.ToString(CultureInfo.InvariantCulture)),
                ("log level", status.LogLevel),
            }.Select(r => (IReadOnlyList<string>)[r.Item1, r.Item2]));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command LogLevel(CommandContext context)
    {
        var level = new Argument<string>("level") { Description = string.Join(", ", Levels) };
        level.AcceptOnlyFromAmong(Levels);
        var command = new Command("log-level", "Set the controller's log level until its next restart.") { level };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Control.SetLogLevelAsync(new SetLogLevelRequest { Level = parsed.GetValue(level) }, deadline: context.Soon, cancellationToken: cancellationToken);
            context.Screen.Note($"log level {reply.PreviousLevel} -> {parsed.GetValue(level)}");
            return ExitCode.Success;
        });
        return command;
    }
}
