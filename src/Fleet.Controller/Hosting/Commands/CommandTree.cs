using System.CommandLine;
using Fleet.Controller.Identity;
using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Hosting.Commands;

/// <summary>All commands of <c>fleet-controller</c>, and the one place where their failures become exit codes.</summary>
internal static class CommandTree
{
    private const int Failed = 1;
    // Also what somebody has to decide first: systemd starts nothing again that ended with it.
    private const int BadUsage = 2;

    /// <summary>Runs a command line.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var parsed = Create(output).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await errors.WriteLineAsync($"fleet-controller: {error.Message}");
            await errors.WriteLineAsync("Try `fleet-controller --help`.");
            return BadUsage;
        }

        try
        {
            // A running controller deals with SIGTERM itself, and takes its time.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = output,
                Error = errors,
            });
        }
        catch (Exception e) when (e is SettingsException or UsageException or StoreException { Fault: StoreFault.Lost or StoreFault.Older or StoreFault.OtherFleet })
        {
            await errors.WriteLineAsync($"fleet-controller: {e.Message}");
            return BadUsage;
        }
        catch (Exception e) when (e is CommandException or TrustException or StoreException or IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"fleet-controller: {e.Message}");
            return Failed;
        }
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create(TextWriter output)
    {
        var flags = new SettingFlags();
        var root = new RootCommand("The Fleet controller: agents and operators connect to it.")
        {
            InitCommand.Create(flags, output),
            RunCommand.Create(flags),
            HealthCommand.Create(flags, output),
            TokenCommand.Create(flags, output),
            BackupCommand.CreateBackup(flags, output),
            BackupCommand.CreateRestore(flags, output),
            StoreCommand.Create(output),
            CheckConfigCommand.Create(flags, output),
            VersionCommand.Create(output),
        };
        foreach (var option in flags.Options)
            root.Add(option);
        return root;
    }
}
