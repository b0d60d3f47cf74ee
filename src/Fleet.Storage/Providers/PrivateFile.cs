namespace Fleet.Storage;

/// <summary>Sees to it that only the owner reads the store: results of jobs lie in it.</summary>
internal static class PrivateFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>How a file is made that is not there yet, for its owner alone.</summary>
    public static FileStreamOptions New()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Waits until the file is on the disk.</summary>
    public static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes the file, or takes others' rights to it, and to the files beside it, away.</summary>
    /// <exception cref="StoreException">It cannot be opened for writing.</exception>
    public static void Ensure(string path, params IEnumerable<string> suffixes)
    {
        try
        {
            Secure(path, suffixes);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new StoreException(StoreFault.Unwritable, $"the store {path} cannot be opened for writing: {e.Message}", e);
        }
    }

    private static void Secure(string path, IEnumerable<string> suffixes)
    {
        if (OperatingSystem.IsWindows())
            return;
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (new FileStream(path, options))
        {
            // Only to be there.
        }

        foreach (var file in suffixes.Select(suffix => path + suffix).Append(path))
        {
            if (File.Exists(file) && (File.GetUnixFileMode(file) & Others) != 0)
                File.SetUnixFileMode(file, File.GetUnixFileMode(file) & ~Others);
        }
    }
}
