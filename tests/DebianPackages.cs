using System.ComponentModel;
using System.Diagnostics;

namespace Fleet.Tests;

/// <summary>Programs of the host that some tests need: installed where that can be done. Those tests are skipped elsewhere, and say why.</summary>
/// <remarks>To be asked where tests are found, before they run: it waits for processes, and a task executor reaps every child of its process.</remarks>
internal static class DebianPackages
{
    private static readonly Lock s_installing = new();
    // Tried once for each: without a network it may take minutes, and many tests ask.
    private static readonly Dictionary<string, string> s_refused = [];
    private static readonly TimeSpan s_installWithin = TimeSpan.FromMinutes(5);

    /// <summary>Installs packages where what they bring is missing.</summary>
    /// <param name="isThere">Whether it is there.</param>
    /// <param name="packages">The packages.</param>
    /// <returns>Why tests that need it are to be skipped; null where it is there.</returns>
    public static string? Missing(Func<bool> isThere, params string[] packages)
    {
        lock (s_installing)
        {
            if (isThere())
                return null;
            var command = $"apt-get install {string.Join(' ', packages)}";
            var needs = $"needs {string.Join(", ", packages)}: {command}";
            if (!Environment.IsPrivilegedProcess)
                return needs;
            if (s_refused.TryGetValue(command, out var refused))
                return refused;
            string[] install = ["-o", "DPkg::Lock::Timeout=120", "install", "-y", "-qq", "--no-install-recommends", .. packages];
            var (exitCode, said) = Run("apt-get", s_installWithin, install);
            // On a new machine there are no lists of packages yet, or they are older than the archive.
            if (exitCode != 0 && Run("apt-get", s_installWithin, "update", "-qq").ExitCode == 0)
                (exitCode, said) = Run("apt-get", s_installWithin, install);
            return exitCode == 0 && isThere() ? null : s_refused[command] = $"{needs} (tried: {said})";
        }
    }

    /// <summary>Whether a program is on the path; one named by its whole path, whether it is there.</summary>
    public static bool HasProgram(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, name)));

    /// <summary>Runs a program to its end, or to the limit.</summary>
    /// <returns>Its exit code, -1 where it has none, and the last line that it said.</returns>
    public static (int ExitCode, string Said) Run(string program, TimeSpan limit, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        var last = "";
        try
        {
            using var process = Process.Start(start)!;
            process.OutputDataReceived += Note;
            process.ErrorDataReceived += Note;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(limit))
                return (process.ExitCode, Volatile.Read(ref last));
            process.Kill(entireProcessTree: true);
            return (-1, $"not done within {limit}");
        }
        catch (Win32Exception e)
        {
            return (-1, e.Message);
        }

        void Note(object sender, DataReceivedEventArgs line)
        {
            if (!string.IsNullOrWhiteSpace(line.Data))
                Volatile.Write(ref last, line.Data.Trim());
        }
    }
}
