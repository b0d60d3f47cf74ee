using System.Diagnostics;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>A test that needs logrotate; it is installed where that can be done, else the test is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LogrotateTheoryAttribute : TheoryAttribute
{
    private static readonly Lock s_installing = new();
    private static readonly TimeSpan s_installWithin = TimeSpan.FromMinutes(5);

    public LogrotateTheoryAttribute()
    {
        lock (s_installing)
        {
            if (Program is null && !(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get") && Install()))
                Skip = "needs logrotate: apt-get install logrotate";
        }
    }

    public static string? Program => new[] { "/usr/sbin/logrotate", "/sbin/logrotate", "/usr/bin/logrotate" }.FirstOrDefault(File.Exists);

    private static bool Install()
    {
        var start = new ProcessStartInfo("/usr/bin/apt-get") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        foreach (var word in (string[])["install", "-y", "-qq", "--no-install-recommends", "logrotate"])
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(s_installWithin))
            return process.ExitCode == 0 && Program is not null;
        process.Kill(entireProcessTree: true);
        return false;
    }
}
