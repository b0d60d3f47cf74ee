namespace Fleet.Agent.Journal;

/// <summary>Files that are replaced as a whole, for their owner alone: after a crash at any moment there is either the new one or the one before.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file anew.</summary>
    /// <exception cref="IOException">The one before stands.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        var next = path + ".next";
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
            // Before the name: else it could be an empty file that has it after a power cut.
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
