using System.Runtime.InteropServices;

namespace Fleet.Harness;

internal static partial class Native
{
    /// <summary>kill(2).</summary>
    public static void Kill(int pid, int signal) => _ = KillCore(pid, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCore(int pid, int signal);
}
