using System.Runtime.InteropServices;

namespace Fleet.Tests;

/// <summary>A small file system of its own (a tmpfs), to be filled up. Needs the right to mount, as root has.</summary>
internal sealed partial class SmallDisk : IDisposable
{
    private const ulong Remount = 32; // MS_REMOUNT of mount(2).
    private const int Detach = 2; // MNT_DETACH of umount2(2).
    private static readonly Lazy<string?> s_obstacle = new(Try);

    /// <param name="path">An existing directory to mount it on.</param>
    /// <param name="sizeBytes">Its size; a whole number of pages.</param>
    public SmallDisk(string path, long sizeBytes)
    {
        Path = path;
        if (Mount("tmpfs", path, "tmpfs", 0, $"size={sizeBytes},mode=0700") != 0)
            throw new IOException($"tmpfs on {path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? Obstacle => s_obstacle.Value;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes all the room there is, to the last byte.</summary>
    public void Fill()
    {
        using var file = File.OpenHandle(Filler, FileMode.OpenOrCreate, FileAccess.Write);
        var block = new byte[4096];
        try
        {
            while (true)
                RandomAccess.Write(file, block, RandomAccess.GetLength(file));
        }
        catch (IOException)
        {
            // That was all.
        }
    }

    /// <summary>Makes it larger or smaller, with all that is on it.</summary>
    public void Resize(long sizeBytes)
    {
        if (Mount("tmpfs", Path, "tmpfs", Remount, $"size={sizeBytes},mode=0700") != 0)
            throw new IOException($"tmpfs on {Path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom()
    {
        // Emptied first: a process that another test is just starting may hold the file open until it runs its own program, and the room with it.
        using (var file = File.OpenHandle(Filler, FileMode.Open, FileAccess.Write))
            RandomAccess.SetLength(file, 0);
        File.Delete(Filler);
    }

    public void Dispose() => Unmount(Path, Detach);

    private static string? Try()
    {
        var directory = Directory.CreateTempSubdirectory("fleet-disk-").FullName;
        try
        {
            new SmallDisk(directory, 64 << 10).Dispose();
            return null;
        }
        catch (IOException e)
        {
            return $"no file system can be mounted here: {e.Message}";
        }
        finally
        {
            Directory.Delete(directory);
        }
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}

/// <summary>A test that needs a <see cref="SmallDisk"/>; skipped with the reason where there can be none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Obstacle;
}
