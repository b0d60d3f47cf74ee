namespace Fleet.Controller.Hosting;

/// <summary>Where the controller keeps everything: <c>trust/</c>, <c>fleet.db</c> and the socket <c>control.sock</c>.</summary>
/// <param name="Path">The directory.</param>
internal sealed record DataDirectory(string Path)
{
    private const UnixFileMode TooOpen =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The trust roots.</summary>
    public string TrustPath => System.IO.Path.Combine(Path, "trust");

    /// <summary>The store.</summary>
    public string StorePath => System.IO.Path.Combine(Path, "fleet.db");

    /// <summary>Artefacts that operators have brought.</summary>
    public string ArtefactsPath => System.IO.Path.Combine(Path, "artefacts");

    /// <summary>Through which local commands reach the running controller.</summary>
    public string SocketPath => System.IO.Path.Combine(Path, "control.sock");

    /// <summary>Size of the store and its write-ahead log.</summary>
    public long StoreBytes => LengthOf(StorePath) + LengthOf(StorePath + "-wal");

    /// <summary>What lies in it besides what a file system or a broken first start leaves behind.</summary>
    public IReadOnlyList<string> Contents => Directory.Exists(Path)
        ? [.. Directory.EnumerateFileSystemEntries(Path).Select(entry => System.IO.Path.GetFileName(entry)).Where(name => name is not ("lost+found" or "trust.new")).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Makes the directory, for its owner alone; takes others' rights away where it is there already, because results of jobs lie in it.</summary>
    public void Secure()
    {
        if (!Directory.Exists(Path))
            Identity.TrustFiles.CreatePrivateDirectory(Path);
        else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & TooOpen) != 0)
            File.SetUnixFileMode(Path, File.GetUnixFileMode(Path) & ~TooOpen);
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
