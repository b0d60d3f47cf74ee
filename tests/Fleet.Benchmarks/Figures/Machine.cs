using System.Runtime.InteropServices;

namespace Fleet.Benchmarks.Figures;

/// <summary>What the figures were taken on.</summary>
internal static class Machine
{
    /// <summary>Processor, memory, kernel and runtime.</summary>
    public static IReadOnlyDictionary<string, string> Facts() => new Dictionary<string, string>
    {
        ["cpu"] = Line("/proc/cpuinfo", "model name"),
        ["cpus"] = Environment.ProcessorCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["memory"] = Line("/proc/meminfo", "MemTotal"),
        ["kernel"] = RuntimeInformation.OSDescription,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["load"] = File.ReadAllText("/proc/loadavg").Trim(),
    };

    private static string Line(string path, string key) => File.ReadLines(path)
        .Where(line => line.StartsWith(key, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault("unknown");
}
