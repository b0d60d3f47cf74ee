using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Removal;

/// <summary>
/// <c>fleet-agent uninstall</c>: becomes the script that was installed with the agent (installers/tarball/uninstall.sh). A script
/// rather than code here, because it takes this program away and is read by whoever wants to know what it does.
/// </summary>
internal static class UninstallCommand
{
    private const string Script = "/usr/lib/fleet-agent/uninstall.sh";

    /// <summary>Does not return where the script is; else the exit code.</summary>
    public static int Run(string[] words, TextWriter errors)
    {
        if (words is not ([] or ["--purge"]))
        {
            errors.WriteLine("fleet-agent: uninstall takes --purge (state and settings too) or nothing");
            return 2;
        }

        if (!File.Exists(Script))
        {
            errors.WriteLine($"fleet-agent: this agent was not installed by install.sh ({Script} is missing): its package removes it");
            errors.WriteLine("  apt-get purge fleet-agent, or dnf remove fleet-agent");
            return 1;
        }

        Become(["/bin/sh", Script, .. words]);
        errors.WriteLine($"fleet-agent: /bin/sh cannot be started: run it manually: sh {Script}");
        return 1;
    }

    private static unsafe void Become(IReadOnlyList<string> command)
    {
        using var arguments = new NativeStrings(command);
        using var environment = new NativeStrings(OwnEnvironment.Entries());
        _ = Libc.Execute(arguments.First, arguments.Pointers, environment.Pointers);
    }
}
