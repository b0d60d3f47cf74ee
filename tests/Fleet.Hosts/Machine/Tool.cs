using Fleet.Harness;

namespace Fleet.Hosts.Machine;

/// <summary>Runs the machine's own tools, and insists.</summary>
internal static class Tool
{
    /// <summary>Runs one to its end; its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it said.</exception>
    internal static async Task<string> RunAsync(string tool, params string[] arguments)
    {
        var result = await OneShot.RunAsync(tool, arguments);
        return result.ExitCode == 0
            ? result.Stdout
            : throw new InvalidOperationException($"{tool} {string.Join(' ', arguments)}: {result}");
    }

    /// <summary>Runs one whose failure means that there was nothing to do.</summary>
    internal static Task<CommandResult> TryAsync(string tool, params string[] arguments) => OneShot.RunAsync(tool, arguments);
}
