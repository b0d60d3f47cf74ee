using System.Globalization;
using System.Runtime.InteropServices;

namespace Fleet.Agent;

/// <summary>
/// Gives back the pages of code that only the start needed. They stay in the page cache, and whatever runs again is mapped
/// again by a minor fault.
/// </summary>
internal static partial class ResidentMemory
{
    private const int DontNeed = 4; // MADV_DONTNEED of madvise(2).

    /// <summary>Unmaps code for now. Only pages that are executable and cannot be written: they are the file's own bytes, unchanged.</summary>
    public static void Trim()
    {
        try
        {
            foreach (var line in File.ReadLines("/proc/self/maps"))
            {
                if (TryReadCode(line, out var start, out var length))
                    _ = Advise(start, length, DontNeed);
            }
        }
        catch (IOException)
        {
            // Without /proc the pages stay where they are.
        }
    }

    // "55e58a43e000-55e58a974000 r-xp 0013b000 fe:00 12345   /usr/bin/fleet-agent"
    private static bool TryReadCode(string line, out nint start, out nuint length)
    {
        start = 0;
        length = 0;
        var dash = line.IndexOf('-', StringComparison.Ordinal);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (dash < 0 || space < dash || !line.AsSpan(space + 1).StartsWith("r-xp", StringComparison.Ordinal) || !line.Contains(" /", StringComparison.Ordinal))
            return false;
        if (!nint.TryParse(line.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            || !nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var end))
            return false;
        length = (nuint)(end - start);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
