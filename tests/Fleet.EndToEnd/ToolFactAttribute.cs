using System.Diagnostics;

namespace Fleet.EndToEnd;

/// <summary>A test that needs programs of the host; they are installed where that can be done, else the test is skipped and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    private static readonly Lock s_installing = new();
    private static readonly TimeSpan s_installWithin = TimeSpan.FromMinutes(5);

    /// <param name="tools">Programs, named as their Debian packages.</param>
    public ToolFactAttribute(params string[] tools)
    {
        lock (s_installing)
        {
            var missing = tools.Where(tool => !IsThere(tool)).ToList();
            if (missing.Count > 0 && !(Environment.IsPrivilegedProcess && IsThere("apt-get") && Install(missing)))
                Skip = $"needs {string.Join(", ", missing)}: apt-get install {string.Join(' ', missing)}";
        }
    }

    private static bool IsThere(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, tool)));

    private static bool Install(List<string> tools)
    {
        var start = new ProcessStartInfo("apt-get") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        foreach (var word in (string[])["install", "-y", "-qq", "--no-install-recommends", .. tools])
            start.ArgumentList.Add(word);
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (process.WaitForExit(s_installWithin))
            return process.ExitCode == 0 && tools.TrueForAll(IsThere);
        process.Kill(entireProcessTree: true);
        return false;
    }
}
