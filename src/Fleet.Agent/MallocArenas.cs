using System.Runtime.InteropServices;

namespace Fleet.Agent;

/// <summary>Keeps glibc's malloc(3) small: by default each thread may get an arena of its own, which are never given back.</summary>
internal static partial class MallocArenas
{
    private const int ArenaMax = -8; // M_ARENA_MAX of malloc.h.

    /// <summary>One arena is enough for what OpenSSL and the runtime allocate here. Elsewhere than glibc nothing happens.</summary>
    public static void UseOne()
    {
        try
        {
            _ = MallocOption(ArenaMax, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // musl has no arenas.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallocOption(int parameter, int value);
}
