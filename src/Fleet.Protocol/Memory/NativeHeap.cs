using System.Runtime.InteropServices;

namespace Fleet.Protocol.Memory;

/// <summary>The heap of malloc(3), where OpenSSL keeps its connections. Elsewhere than with glibc nothing happens: musl gives back by itself.</summary>
public static partial class NativeHeap
{
    private const int ArenaMax = -8; // M_ARENA_MAX of malloc.h.

    /// <summary>By default each thread may get an arena of its own, which are never given back. To be called before there are threads.</summary>
    public static void UseOneArena()
    {
        try
        {
            _ = SetOption(ArenaMax, 1);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Not glibc.
        }
    }

    /// <summary>Gives free pages back to the system. Takes milliseconds.</summary>
    public static void Trim()
    {
        try
        {
            _ = TrimAll(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Not glibc.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int TrimAll(nuint keep);
}
