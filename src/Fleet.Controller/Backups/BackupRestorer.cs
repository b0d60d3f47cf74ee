using Fleet.Controller.Hosting;
using Fleet.Controller.Hosting.Commands;
using Fleet.Controller.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Backups;

/// <summary>Puts a backup into an empty data directory: all of it, or nothing.</summary>
internal sealed class BackupRestorer(DataDirectory data)
{
    // Moved in this order: the roots are what makes a directory a fleet's, so they come last, by one rename.
    private static readonly string[] s_parts =
    [
        "artifacts", DataDirectory.EarlierArtifactsName, "controller.json", .. StoreKinds.All.Select(kind => StoreKinds.FilesOf(kind).FileName), "trust",
    ];

    private string Unfinished => Path.Combine(data.Path, "restore.new");

    /// <summary>Restores.</summary>
    /// <param name="path">The backup.</param>
    /// <param name="cancellationToken">Gives up, and leaves the directory empty.</param>
    /// <exception cref="CommandException">It cannot be restored; the message says why.</exception>
    public async Task<BackupManifest> RestoreAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            throw new CommandException($"there is no backup {path}");
        RefuseWhatIsThere();
        var (isNew, isDone) = (!Directory.Exists(data.Path), false);
        data.Secure();
        TrustFiles.CreatePrivateDirectory(Unfinished);
        try
        {
            var manifest = await BackupArchive.ReadAsync(path, Unfinished, cancellationToken);
            await CheckAsync(manifest, cancellationToken);
            FileOwner.GiveTo(data.Path, Unfinished);
            foreach (var part in s_parts)
            {
                if (Path.Exists(Path.Combine(Unfinished, part)))
                    Directory.Move(Path.Combine(Unfinished, part), Path.Combine(data.Path, part));
            }

            isDone = true;
            Directory.Delete(Unfinished, recursive: true);
            return manifest;
        }
        catch (Exception e) when (e is BackupException or StoreException or TrustException)
        {
            throw new CommandException($"{path} cannot be restored: {e.Message}. {data.Path} is unchanged", e);
        }
        catch (IOException e) when (BackupArchive.IsDiskFull(e))
        {
            throw new CommandException($"the disk with {data.Path} is full: free some space. {data.Path} is unchanged", e);
        }
        finally
        {
            if (!isDone)
                Undo(isNew);
        }
    }

    private void Undo(bool isNew)
    {
        Clear();
        if (isNew)
            Directory.Delete(data.Path);
    }

    private void RefuseWhatIsThere()
    {
        // What a restore left that was killed is no fleet yet, and is made anew.
        if (Directory.Exists(Unfinished) && !Directory.Exists(data.TrustPath))
            Clear();
        if (data.Contents is [var first, ..])
            throw new CommandException($"{data.Path} is not empty (it holds {first}): a backup is restored into an empty directory only; move what is there away, or name another one with --data");
    }

    private void Clear()
    {
        foreach (var part in s_parts.Append(Path.GetFileName(Unfinished)).Select(part => Path.Combine(data.Path, part)))
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
            else
                File.Delete(part);
        }
    }

    // As a controller would find it, before it is one's.
    private async Task CheckAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var held = new DataDirectory(Unfinished).KindsThere;
        if (held is [var kind] && kind != data.Kind)
        {
            var name = StoreKinds.FilesOf(kind).Kind;
            throw new BackupException($"it holds a {name} store, and the setting `store` says {data.Stores.Kind}: set `store` to {name}");
        }

        var contents = await data.Stores.VerifyAsync(Path.Combine(Unfinished, data.Stores.FileName), cancellationToken);
        if (contents != manifest.Contents)
            throw new BackupException("its store does not hold what its manifest says");
        var trust = Path.Combine(Unfinished, "trust");
        var files = new TrustFiles(trust);
        var (fleet, operators) = files.Load();
        using (fleet)
        using (operators)
        using (files.LoadControllerKey())
        {
            if (contents.Identity.FleetId != fleet.FleetId || new StoreRecordFile(trust).Load() != contents.Identity)
                throw new BackupException("its store and its trust roots belong to different fleets");
        }
    }
}
