namespace Fleet.Storage.LiteDb;

/// <summary>How the LiteDB store is opened. Its log is beside it, as <c>PATH-log</c>.</summary>
public sealed record LiteDbStoreOptions : StoreOptions
{
    internal const string LogSuffix = "-log";

    /// <summary>
    /// Pages of 8 KiB in the log after which it goes into the database file as soon as nobody reads; at four times as many, new readers wait for
    /// that. The default is 4096 (32 MiB).
    /// </summary>
    public int MaxLogPages { get; init; } = 4096;

    internal string LogPath => Path + LogSuffix;

    /// <summary>How files are opened: path, and whether to write. Tests give files that forget.</summary>
    internal Func<string, bool, DiskFile> OpenFile { get; init; } = DiskFile.Open;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, int Value)> Counts() => [.. base.Counts(), (nameof(MaxLogPages), MaxLogPages)];
}
