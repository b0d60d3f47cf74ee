using System.Globalization;

namespace Fleet.Agent.Facts;

/// <summary>Understands the files that facts come from. What they do not say comes out as empty.</summary>
internal static class FactParsers
{
    /// <summary>A value of os-release(5), without its quotes.</summary>
    public static string OsRelease(string text, string key)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == '=')
                return Unquote(line[(key.Length + 1)..].Trim());
        }

        return "";
    }

    /// <summary>Bytes of memory by /proc/meminfo, which counts in KiB.</summary>
    public static string Memory(string meminfo)
    {
        foreach (var line in meminfo.Split('\n'))
        {
            if (!line.StartsWith("MemTotal:", StringComparison.Ordinal))
                continue;
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 3 && words[2] == "kB" && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var kib)
                && kib <= long.MaxValue / 1024)
                return (kib * 1024).ToString(CultureInfo.InvariantCulture);
        }

        return "";
    }

    /// <summary>How many CPUs a list such as <c>0-3,8</c> names.</summary>
    public static string CpuCount(string list)
    {
        var count = 0L;
        foreach (var part in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < first)
                return "";
            count += (long)last - first + 1;
        }

        return count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>When the host started, by the btime line of /proc/stat, as ISO 8601 in UTC.</summary>
    public static string BootTime(string stat)
    {
        foreach (var line in stat.Split('\n'))
        {
            if (line.StartsWith("btime ", StringComparison.Ordinal)
                && long.TryParse(line.AsSpan(6).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds <= 253402300799)
                return DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        }

        return "";
    }

    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] == value[^1] && value[0] is '"' or '\'')
            value = value[1..^1];
        return value.Contains('\\', StringComparison.Ordinal)
            ? value.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\$", "$", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
            : value;
    }
}
