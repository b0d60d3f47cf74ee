using System.Globalization;
using System.Runtime.InteropServices;

namespace Fleet.Agent;

/// <summary>Gives memory back to the host: an agent is idle for most of its life.</summary>
internal static partial class ResidentMemory
{
    private const int DontNeed = 4; // MADV_DONTNEED of madvise(2).

    /// <summary>Gives back what work has left behind: garbage, free blocks of malloc(3), and code. Takes a few milliseconds.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl gives back by itself.
        }

        Trim();
    }

    /// <summary>
    /// Unmaps code that ran once. It stays in the page cache, and whatever runs again is mapped again by a minor fault. Only pages that
    /// are executable and cannot be written: they are the file's own bytes, unchanged.
    /// </summary>
    private static void Trim()
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

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimHeap(nuint keep);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
