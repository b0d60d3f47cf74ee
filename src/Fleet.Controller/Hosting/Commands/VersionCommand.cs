using System.CommandLine;
using Fleet.Controller.Control;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(TextWriter output)
    {
        var command = new Command("version", "Show the version.");
        command.SetAction(_ => output.WriteLine($"fleet-controller {ProcessStatus.Version}"));
        return command;
    }
}
