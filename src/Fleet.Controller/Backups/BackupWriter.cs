using Fleet.Controller.Hosting;
using Fleet.Controller.Hosting.Commands;
using Fleet.Controller.Identity;
using Fleet.Protocol.Units;
using Fleet.Storage;

namespace Fleet.Controller.Backups;

/// <summary>Makes a backup of a data directory, whether its controller runs or not.</summary>
internal sealed class BackupWriter(DataDirectory data, string? settingsFile, string version, TimeProvider time, TextWriter output)
{
    private static readonly TimeSpan s_tellEvery = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Makes it: a copy of the store and the files beside it, an archive of both, a look at every byte of that, and only then the name. What is
    /// unfinished lies in <c>PATH.unfinished</c>, and is removed however this ends.
    /// </summary>
    /// <param name="path">The new file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It cannot be made; the message says why.</exception>
    public async Task<BackupManifest> WriteAsync(string path, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
            throw new CommandException($"{path} exists: a backup replaces nothing; name another file");
        var bytes = await data.Stores.EstimateAsync(data.StorePath, cancellationToken);
        CheckSpace(path, bytes);
        var directory = path + ".unfinished";
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
        TrustFiles.CreatePrivateDirectory(directory);
        try
        {
            // 1. The roots' files before the store: the record among them is then never ahead of it.
            var recorded = CopyTrust(Path.Combine(directory, "trust"));

            // 2. The store as it is at one moment.
            var store = Path.Combine(directory, data.Stores.FileName);
            await TellingAsync("store", store, bytes, data.Stores.CopyAsync(data.StorePath, store, cancellationToken), cancellationToken);
            var contents = await data.Stores.VerifyAsync(store, cancellationToken);
            CheckBelonging(contents.Identity, recorded);
            new StoreRecordFile(Path.Combine(directory, "trust")).Save(contents.Identity);

            // 3. One file of all, and every byte of it read again.
            var archive = Path.Combine(directory, "backup.tar");
            var manifest = await TellingAsync("archive", archive, bytes, ArchiveAsync(archive, directory, contents, cancellationToken), cancellationToken);
            File.Delete(store);
            await BackupArchive.ReadAsync(archive, null, cancellationToken);
            File.Move(archive, path, overwrite: false);
            return manifest;
        }
        catch (BackupException e)
        {
            throw new CommandException($"the backup was written and read again, and {e.Message}: check the disk of {path}", e);
        }
        catch (IOException e) when (BackupArchive.IsDiskFull(e))
        {
            throw new CommandException($"the disk with {path} is full: make room, or name another place", e);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private void CheckSpace(string path, long storeBytes)
    {
        // The copy of the store and the archive lie beside each other for a while.
        var needed = (2 * storeBytes) + Artifacts().Sum(file => new FileInfo(file).Length) + (1 << 20);
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(directory))
            throw new CommandException($"there is no directory {directory}");
        var free = new DriveInfo(directory).AvailableFreeSpace;
        if (free < needed)
            throw new CommandException($"a backup needs about {new ByteSize(needed)} in {directory} while it is made, and {new ByteSize(free)} are free: make room, or name another place");
    }

    private StoreIdentity? CopyTrust(string directory)
    {
        TrustFiles.CreatePrivateDirectory(directory);
        foreach (var file in Directory.EnumerateFiles(data.TrustPath).Where(file => !file.EndsWith(".new", StringComparison.Ordinal)))
        {
            using var copy = BackupArchive.CreatePrivate(Path.Combine(directory, Path.GetFileName(file)));
            using var source = File.OpenRead(file);
            source.CopyTo(copy);
        }

        return new StoreRecordFile(directory).Load();
    }

    private void CheckBelonging(StoreIdentity copied, StoreIdentity? recorded)
    {
        var (fleet, operators) = new TrustFiles(data.TrustPath).Load();
        using (fleet)
        using (operators)
        {
            if (copied.FleetId != fleet.FleetId)
                throw new CommandException($"{data.StorePath} and {data.TrustPath} belong to different fleets: this would be a backup of neither");
        }

        if (recorded is not null && copied.Revision < recorded.Revision)
            throw new CommandException($"{data.StorePath} has lost what was written last (its revision is {copied.Revision}, and was {recorded.Revision} before): keep the backups that you have");
    }

    private async Task<BackupManifest> ArchiveAsync(string archive, string directory, StoreContents contents, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { [data.Stores.FileName] = Path.Combine(directory, data.Stores.FileName) };
        foreach (var file in Directory.EnumerateFiles(Path.Combine(directory, "trust")).Order(StringComparer.Ordinal))
            files[$"trust/{Path.GetFileName(file)}"] = file;
        foreach (var file in Artifacts())
            files[$"artifacts/{Path.GetFileName(file)}"] = file;
        if (settingsFile is not null && File.Exists(settingsFile))
            files["controller.json"] = settingsFile;
        await using var stream = BackupArchive.CreatePrivate(archive);
        var manifest = await BackupArchive.WriteAsync(
            stream, files, digests => new BackupManifest(BackupManifest.CurrentFormat, version, time.GetUtcNow(), contents, digests), cancellationToken);
        stream.Flush(flushToDisk: true);
        return manifest;
    }

    // Those that operators brought. What a package put elsewhere comes with the package again.
    private IReadOnlyList<string> Artifacts() => Directory.Exists(data.ArtifactsPath)
        ? [.. Directory.EnumerateFiles(data.ArtifactsPath).Where(BackupArchive.CanHoldArtifact).Order(StringComparer.Ordinal)]
        : [];

    private async Task TellingAsync(string what, string path, long bytes, Task work, CancellationToken cancellationToken) =>
        await TellingAsync(what, path, bytes, WithResultAsync(work), cancellationToken);

    private async Task<T> TellingAsync<T>(string what, string path, long bytes, Task<T> work, CancellationToken cancellationToken)
    {
        while (await Task.WhenAny(work, Task.Delay(s_tellEvery, time, cancellationToken)) != work && !cancellationToken.IsCancellationRequested)
            await output.WriteLineAsync($"{what}: {new ByteSize(LengthOf(path))} of about {new ByteSize(bytes)}");
        return await work;
    }

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static async Task<bool> WithResultAsync(Task work)
    {
        await work;
        return true;
    }
}
