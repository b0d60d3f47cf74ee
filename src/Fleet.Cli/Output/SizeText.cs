using System.Globalization;

namespace Fleet.Cli.Output;

/// <summary>Sizes for people, rounded.</summary>
internal static class SizeText
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>"1.5 MiB".</summary>
    public static string Rounded(ulong bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1024 && unit < s_units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(size, size < 10 && unit > 0 ? 1 : 0)} {s_units[unit]}");
    }
}
