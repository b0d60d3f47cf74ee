using Fleet.Storage;

namespace Fleet.Controller.Hosting;

/// <summary>Where the controller keeps everything: <c>trust/</c>, the store and the socket <c>control.sock</c>.</summary>
/// <param name="Path">The directory.</param>
/// <param name="Kind">The kind of store.</param>
internal sealed record DataDirectory(string Path, StoreKind Kind = StoreKind.Sqlite)
{
    private const UnixFileMode TooOpen =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>The trust roots.</summary>
    public string TrustPath => System.IO.Path.Combine(Path, "trust");

    /// <summary>What opens, copies and checks the store.</summary>
    public IStoreFiles Stores => StoreKinds.FilesOf(Kind);

    /// <summary>The store.</summary>
    public string StorePath => System.IO.Path.Combine(Path, Stores.FileName);

    /// <summary>Kinds of which a store lies here.</summary>
    public IReadOnlyList<StoreKind> KindsThere => [.. StoreKinds.All.Where(kind => File.Exists(System.IO.Path.Combine(Path, StoreKinds.FilesOf(kind).FileName)))];

    /// <summary>Artifacts that operators have brought.</summary>
    public string ArtifactsPath => System.IO.Path.Combine(Path, "artifacts");

    /// <summary>The name of the directory at <see cref="ArtifactsPath"/> in earlier versions.</summary>
    public const string EarlierArtifactsName = "artefacts";

    /// <summary>Through which local commands reach the running controller.</summary>
    public string SocketPath => System.IO.Path.Combine(Path, "control.sock");

    /// <summary>Size of the store and its write-ahead log.</summary>
    public long StoreBytes => LengthOf(StorePath) + LengthOf(StorePath + Stores.LogSuffix);

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

    /// <summary>
    /// Refuses a directory that others may write: whoever may rename <c>trust/</c> can put other roots in its place, whatever the modes of the
    /// keys in it are. It is not closed silently, because somebody may have done so already.
    /// </summary>
    /// <exception cref="Identity.TrustException">Others may write to it.</exception>
    public void RefuseWritableByOthers()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var path in (string[])[Path, TrustPath])
        {
            if (!Directory.Exists(path) || (File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0)
                continue;
            throw new Identity.TrustException(
                $"{path} can be written by others (mode {Convert.ToString((int)File.GetUnixFileMode(path), 8)}), who could have replaced the trust roots: "
                + $"look whether they are yours, then run `chmod 700 {path}`");
        }
    }

    /// <summary>Renames what an earlier version left here to its current name. Call it with the store open: its lock keeps other processes out.</summary>
    public void Upgrade()
    {
        var earlier = System.IO.Path.Combine(Path, EarlierArtifactsName);
        if (Directory.Exists(earlier) && !Directory.Exists(ArtifactsPath))
            Directory.Move(earlier, ArtifactsPath);
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
