using System.Globalization;
using System.Runtime.InteropServices;
using Fleet.Protocol.Memory;

namespace Fleet.Agent;

/// <summary>Gives memory back to the host: an agent is idle for most of its life.</summary>
internal static partial class ResidentMemory
{
    private const int DontNeed = 4; // MADV_DONTNEED of madvise(2).

    /// <summary>Gives back what work has left behind: garbage, free blocks of malloc(3), code and constants. Takes a few milliseconds.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        TrimFiles();
    }

    /// <summary>
    /// Unmaps code and constants that were used once. They stay in the page cache, and whatever is used again is mapped again by a
    /// minor fault. Only mappings that cannot be written and in which no page differs from the file (proc_pid_smaps(5), "Anonymous"):
    /// what the loader relocated would be lost.
    /// </summary>
    private static void TrimFiles()
    {
        try
        {
            var mapping = "";
            foreach (var line in File.ReadLines("/proc/self/smaps"))
            {
                if (char.IsAsciiHexDigitLower(line[0]) || char.IsAsciiDigit(line[0]))
                    mapping = line;
                else if (line.StartsWith("Anonymous:", StringComparison.Ordinal) && line.EndsWith(" 0 kB", StringComparison.Ordinal)
                    && TryReadFile(mapping, out var start, out var length))
                    _ = Advise(start, length, DontNeed);
            }
        }
        catch (IOException)
        {
            // Without /proc the pages stay where they are.
        }
    }

    // "55e58a43e000-55e58a974000 r-xp 0013b000 fe:00 12345   /usr/bin/fleet-agent"
    private static bool TryReadFile(string mapping, out nint start, out nuint length)
    {
        start = 0;
        length = 0;
        var dash = mapping.IndexOf('-', StringComparison.Ordinal);
        var space = mapping.IndexOf(' ', StringComparison.Ordinal);
        if (dash < 0 || space < dash || !mapping.Contains(" /", StringComparison.Ordinal) || mapping.AsSpan(space + 1, 4) is not ("r-xp" or "r--p"))
            return false;
        if (!nint.TryParse(mapping.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out start)
            || !nint.TryParse(mapping.AsSpan(dash + 1, space - dash - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var end))
            return false;
        length = (nuint)(end - start);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
