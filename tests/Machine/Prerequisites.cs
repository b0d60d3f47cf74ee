using System.ComponentModel;
using System.Diagnostics;

namespace Fleet.Tests.Machine;

/// <summary>What tests need of the machine: packages that installers/prerequisites.txt lists, and what no package brings.</summary>
/// <remarks>
/// To be asked where tests are found, before they run: it waits for a process, and a task executor reaps every child of its process.
/// `dotnet cake --target=Test` has all packages installed before and lets no test install any (FLEET_INSTALL=never). It fails where a
/// test is skipped for any reason but <see cref="NotOnThisMachine"/>, unless nothing can be installed here at all.
/// </remarks>
internal static class Prerequisites
{
    /// <summary>What a reason begins with that no package would fix. build.cake knows it.</summary>
    private const string Refusal = "not on this machine: ";

    private const int NoSuchPackage = 2;

    private static readonly Lock s_asking = new();
    // Asked once for each: where it cannot be installed that may take minutes, and many tests ask.
    private static readonly Dictionary<string, string?> s_answers = [];
    // Longer than installers/prerequisites waits for another process and tries itself.
    private static readonly TimeSpan s_limit = TimeSpan.FromHours(1);

    /// <summary>Sees to packages: what is missing is installed where that can be done.</summary>
    /// <param name="packages">The packages, each of which stands in the list.</param>
    /// <returns>Why tests that need them are to be skipped; null where all are there.</returns>
    public static string? Missing(params string[] packages)
    {
        if (packages.Length == 0)
            return null;
        var key = string.Join(' ', packages);
        lock (s_asking)
        {
            if (!s_answers.TryGetValue(key, out var answer))
                s_answers[key] = answer = Ask(packages);
            return answer;
        }
    }

    /// <summary>The reason to skip a test that this machine refuses, whatever is installed on it.</summary>
    /// <param name="why">What is refused.</param>
    public static string NotOnThisMachine(string why) => Refusal + why;

    private static string? Ask(string[] packages)
    {
        var start = new ProcessStartInfo("bash", [Script(), .. packages]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The script's last line of errors says what is missing and why.
        var last = "it said nothing";
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, line) =>
            {
                if (!string.IsNullOrWhiteSpace(line.Data))
                    Volatile.Write(ref last, line.Data.Trim());
            };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (!process.WaitForExit(s_limit))
            {
                process.Kill(entireProcessTree: true);
                return $"needs {string.Join(", ", packages)}: not installed within {s_limit}";
            }

            // All that it printed has been read then.
            process.WaitForExit();
            var why = Volatile.Read(ref last).Replace("prerequisites: ", "", StringComparison.Ordinal);
            return process.ExitCode switch
            {
                0 => null,
                NoSuchPackage => throw new InvalidOperationException(why),
                _ => $"needs {string.Join(", ", packages)}: {why}",
            };
        }
        catch (Win32Exception e)
        {
            return NotOnThisMachine($"bash does not start: {e.Message}");
        }
    }

    private static string Script()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var script = Path.Combine(directory.FullName, "installers", "prerequisites");
            if (File.Exists(script))
                return script;
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
