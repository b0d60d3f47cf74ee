using Fleet.Agent.Journal;

namespace Fleet.Agent.Diagnosis;

/// <summary>The room on the disk of the state directory.</summary>
internal static class DiskSpace
{
    /// <summary>A task's file and its first records need a block of the file system or two, which have 4 KiB mostly, 64 KiB at most.</summary>
    private const long Least = 64 << 10;

    /// <summary>What this agent could still write: root may use what the file system keeps back for it.</summary>
    public static long FreeBytes(string directory)
    {
        var drive = new DriveInfo(directory);
        return Environment.IsPrivilegedProcess ? drive.TotalFreeSpace : drive.AvailableFreeSpace;
    }

    /// <summary>"12 MiB", "16 KiB": rounded down.</summary>
    public static string Text(long bytes) => bytes < 1 << 20 ? $"{bytes >> 10} KiB" : $"{bytes >> 20} MiB";

    /// <summary>Whether that is next to nothing; null while it is not, or where it cannot be told.</summary>
    public static HostCondition? Condition(string directory)
    {
        try
        {
            var free = FreeBytes(directory);
            return free >= Least ? null : new HostCondition(JournalFault.DiskFull, $"{Text(free)} are free for {directory}: tasks are rejected once it is full");
        }
        catch (Exception e) when (JournalFault.Is(e))
        {
            return null;
        }
    }
}
