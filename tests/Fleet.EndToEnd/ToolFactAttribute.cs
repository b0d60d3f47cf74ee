using System.Diagnostics;

namespace Fleet.EndToEnd;

/// <summary>A test that needs programs of the host; they are installed where that can be done, else the test is skipped and says what is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    private static readonly Lock s_installing = new();
    private static readonly TimeSpan s_installWithin = TimeSpan.FromMinutes(5);

    /// <param name="tools">Debian packages; behind a slash the program, where that has another name: its path, where it is in no PATH.</param>
    public ToolFactAttribute(params string[] tools) => Skip = SkipUnless(tools);

    /// <summary>Why a test cannot be run; null where all that it needs is there.</summary>
    internal static string? SkipUnless(string[] tools)
    {
        lock (s_installing)
        {
            var missing = tools.Where(tool => !IsThere(tool)).ToList();
            var packages = missing.ConvertAll(tool => tool.Split('/')[0]);
            return missing.Count == 0 || (Environment.IsPrivilegedProcess && IsThere("apt-get") && Install(packages) && missing.TrueForAll(IsThere))
                ? null
                : $"needs {string.Join(", ", missing)}: apt-get install {string.Join(' ', packages)}";
        }
    }

    private static bool IsThere(string tool)
    {
        var program = tool[(tool.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
    }

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
            return process.ExitCode == 0;
        process.Kill(entireProcessTree: true);
        return false;
    }
}
