using Fleet.Agent.Execution.Native;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Journal;

/// <summary>Writes a file as a whole, for its owner alone: after a crash or a power cut at any moment there is either this or what was there before.</summary>
internal static class WholeFile
{
    private const string NextSuffix = ".next";

    /// <param name="path">The file; beside it stands for a moment what it becomes, under its name with ".next".</param>
    /// <param name="write">Writes all of it.</param>
    /// <exception cref="IOException">What was there before stands.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var next = path + NextSuffix;
        File.Delete(next);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(next, options))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
        FlushName(Path.GetDirectoryName(path)!);
    }

    // A name is only sure to be on the disk once its directory is: fsync(2). Where that cannot be had the file is in its place all the same.
    private static void FlushName(string directory)
    {
        using var opened = new SafeFileHandle(Libc.Open(directory, Libc.OpenCloseOnExec), ownsHandle: true);
        if (opened.IsInvalid)
            return;
        try
        {
            RandomAccess.FlushToDisk(opened);
        }
        catch (IOException)
        {
            // As above.
        }
    }
}
