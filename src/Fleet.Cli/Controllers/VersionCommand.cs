using System.CommandLine;
using System.Reflection;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Controllers;

/// <summary>`fleet version`: this command's version and, where it can be asked, the controller's.</summary>
internal static class VersionCommand
{
    /// <summary>The version that was built: number, and the commit in brackets.</summary>
    public static string Own
    {
        get
        {
            var parts = (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+');
            return parts.Length == 2 ? $"{parts[0]} ({parts[1][..Math.Min(9, parts[1].Length)]})" : parts[0];
        }
    }

    public static Command Create(CommandContext context)
    {
        var server = new Option<bool>("--controller") { Description = "Also print the controller's version." };
        var command = new Command("version", "Print versions.") { server };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await context.Screen.Writer.WriteLineAsync($"fleet {Own}");
            if (!parsed.GetValue(server))
                return ExitCode.Success;
            using var client = context.Connect(parsed);
            var status = await client.Control.GetStatusAsync(new GetStatusRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync($"fleet-controller {status.Version} at {client.Context.Controller}");
            return ExitCode.Success;
        });
        return command;
    }
}
