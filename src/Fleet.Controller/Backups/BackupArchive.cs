using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Fleet.Protocol;

namespace Fleet.Controller.Backups;

/// <summary>
/// The file of a backup: a tar of plain files, <c>fleet.db</c> (or <c>fleet.litedb</c>), <c>trust/*</c>, <c>artifacts/*</c>, <c>controller.json</c>, and at its end the
/// <see cref="BackupManifest"/> with their digests. Whatever reads tars can look into it.
/// </summary>
internal static partial class BackupArchive
{
    private const int ManifestBytes = 1 << 20;
    private const int NoSpace = 28; // ENOSPC; what IOException carries on Linux
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    /// <summary>Writes files and their manifest into an open, empty stream.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="files">Paths by name.</param>
    /// <param name="describe">Makes the manifest of the digests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<BackupManifest> WriteAsync(
        Stream target,
        IReadOnlyDictionary<string, string> files,
        Func<IReadOnlyDictionary<string, string>, BackupManifest> describe,
        CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(target, TarEntryFormat.Pax, leaveOpen: true);
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, path) in files)
        {
            await using var source = File.OpenRead(path);
            digests[name] = Convert.ToHexStringLower(await SHA256.HashDataAsync(source, cancellationToken));
            source.Position = 0;
            await tar.WriteEntryAsync(Entry(name, source), cancellationToken);
        }

        var manifest = describe(digests);
        using var bytes = new MemoryStream(manifest.Write());
        await tar.WriteEntryAsync(Entry(BackupManifest.FileName, bytes), cancellationToken);
        return manifest;
    }

    /// <summary>Reads a backup and checks each byte of it by its digest.</summary>
    /// <param name="path">The backup.</param>
    /// <param name="directory">Where its files go, made here for their owner alone; null: nowhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BackupException">It is no backup, or damaged.</exception>
    public static async Task<BackupManifest> ReadAsync(string path, string? directory, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(path);
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        BackupManifest? manifest = null;
        try
        {
            await using var tar = new TarReader(source, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                // Names become paths: only those that a backup has, and nothing but plain files.
                if (manifest is not null || entry.EntryType is not TarEntryType.RegularFile || !Names().IsMatch(entry.Name) || digests.ContainsKey(entry.Name))
                    throw new BackupException($"it holds {Shown(entry.Name)}, which no backup of Fleet does");
                if (entry.Name == BackupManifest.FileName)
                    manifest = BackupManifest.Read(await ReadSmallAsync(entry, cancellationToken));
                else
                    digests[entry.Name] = await TakeAsync(entry, directory, cancellationToken);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new BackupException("it is not a Fleet backup, or is truncated", e);
        }

        if (manifest is null)
            throw new BackupException("it is not a Fleet backup, or is truncated");
        foreach (var name in manifest.Files.Keys.Union(digests.Keys).Order(StringComparer.Ordinal))
        {
            if (manifest.Files.GetValueOrDefault(name) != digests.GetValueOrDefault(name))
                throw new BackupException($"its {name} is damaged");
        }

        return manifest;
    }

    private static async Task<string> TakeAsync(TarEntry entry, string? directory, CancellationToken cancellationToken)
    {
        if (directory is null)
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(entry.DataStream ?? Stream.Null, cancellationToken));
        var path = Path.Combine(directory, entry.Name);
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
            Identity.TrustFiles.CreatePrivateDirectory(parent);
        await using var target = CreatePrivate(path);
        await (entry.DataStream ?? Stream.Null).CopyToAsync(target, cancellationToken);
        target.Flush(flushToDisk: true);
        target.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(target, cancellationToken));
    }

    private static async Task<byte[]> ReadSmallAsync(TarEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Length > ManifestBytes)
            throw new BackupException($"its {BackupManifest.FileName} is damaged");
        using var bytes = new MemoryStream();
        await (entry.DataStream ?? Stream.Null).CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    /// <summary>Whether a backup can hold an artifact of this name; unfinished uploads have others.</summary>
    public static bool CanHoldArtifact(string path) =>
        ArtifactNames.TryRead(Path.GetFileName(path), out _, out _) && Names().IsMatch($"artifacts/{Path.GetFileName(path)}");

    /// <summary>Whether the disk is full.</summary>
    public static bool IsDiskFull(IOException failure) => failure.HResult is NoSpace or NoSpaceOnWindows;

    /// <summary>A new file for its owner alone.</summary>
    /// <exception cref="IOException">There is one already, or it cannot be made.</exception>
    public static FileStream CreatePrivate(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static PaxTarEntry Entry(string name, Stream data) =>
        new(TarEntryType.RegularFile, name) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, DataStream = data };

    private static string Shown(string name) => string.Concat(name.Take(100).Select(c => char.IsControl(c) ? '?' : c));

    // "artefacts": of earlier versions.
    [GeneratedRegex(@"\A(fleet\.db|fleet\.litedb|controller\.json|manifest\.json|(trust|artifacts|artefacts)/[A-Za-z0-9_][A-Za-z0-9._+~-]{0,200})\z")]
    private static partial Regex Names();
}
