using System.Globalization;

namespace Fleet.Agent.Upgrading;

/// <summary>
/// The program that a package or install.sh has put on this host. The service starts it; it becomes the selected version, and it
/// is what the host falls back to. Upgrades never touch it.
/// </summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsThis">Whether it is this program, and not a version that it has become.</param>
internal sealed record InstalledProgram(string Path, bool IsThis)
{
    // Names the process, since variables are inherited and the process is not.
    private const string Variable = "FLEET_AGENT_INSTALLED";

    private static string ProcessId => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>As this process was started.</summary>
    public static InstalledProgram OfProcess() =>
        Environment.GetEnvironmentVariable(Variable)?.Split(':', 2) is [var process, var path] && process == ProcessId
            ? new InstalledProgram(path, false)
            : new InstalledProgram(Environment.ProcessPath ?? "", true);

    /// <summary>The variable that tells a version where it comes from.</summary>
    public string Assignment => $"{Variable}={ProcessId}:{Path}";

    /// <summary>Whether an entry of an environment is that one.</summary>
    public static bool IsAssignment(string entry) => entry.StartsWith(Variable + "=", StringComparison.Ordinal);

    /// <summary>Changes where another program is installed. Not its inode: overlay file systems make new ones up.</summary>
    /// <exception cref="IOException">It is not there.</exception>
    public string Stamp()
    {
        var file = new FileInfo(Path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");
    }
}
