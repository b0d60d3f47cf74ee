using System.Runtime.InteropServices;

namespace Fleet.Hosts.Machine;

internal static partial class Native
{
    internal const int SigKill = 9;

    /// <summary>kill(2), for single processes only: zero and negative numbers would mean groups.</summary>
    internal static void Kill(int process, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(process, 2);
        _ = KillCore(process, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int process, int signal);
}
