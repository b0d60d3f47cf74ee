namespace Fleet.Storage.Sqlite;

/// <summary>
/// Refuses a store that is not the one that was expected. SQLite takes a file without its write-ahead log, or with a damaged one, for a
/// sound database that ends earlier; without this a controller would go on with an empty fleet and tell agents to enroll anew.
/// </summary>
internal static class ExpectedStore
{
    /// <summary>Looks at the store by reading alone: one that is refused stays as it is, its write-ahead log too.</summary>
    /// <exception cref="StoreException">It is not the one.</exception>
    public static void Check(SqliteStoreOptions options, StoreExpectation expected)
    {
        var file = new FileInfo(options.Path);
        if (file is { Exists: true, Length: > 0 })
        {
            using var connection = Connection.Open(options, writable: false);
            // Closing would fold in what is sound of the log and delete the rest.
            connection.CheckpointsOnClose = false;
            Check(connection, expected);
        }
        else if (expected.LeastRevision != 0)
        {
            throw new StoreException(
                StoreFault.Lost, $"the store {file} {(file.Exists ? "is empty" : "is missing")}, although the trust roots beside it belong to a fleet that has one");
        }
    }

    /// <summary>Renames the store's files, so that a new store can take their place; returns where they are now, null where there were none.</summary>
    /// <exception cref="StoreException">They cannot be renamed.</exception>
    public static string? SetAside(string path, DateTimeOffset now)
    {
        var aside = $"{path}.replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}";
        try
        {
            var isAny = false;
            // The log before the database: without it, it would be taken for the log of the new one.
            foreach (var suffix in (string[])["-wal", "-shm", ""])
            {
                if (!File.Exists(path + suffix))
                    continue;
                File.Move(path + suffix, aside + suffix);
                isAny = true;
            }

            return isAny ? aside : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(StoreFault.Unwritable, $"the store {path} cannot be renamed: {e.Message}", e);
        }
    }

    private static void Check(Connection connection, StoreExpectation expected)
    {
        var found = FleetRow.Find(connection);
        if (found is not null && found.FleetId != expected.FleetId)
        {
            throw new StoreException(
                StoreFault.OtherFleet,
                $"the store {connection.Path} belongs to another fleet ({Short(found.FleetId)}) than the trust roots beside it ({Short(expected.FleetId)})");
        }

        if (expected.LeastRevision == 0)
            return;
        if (found is null && !FleetRow.HasAnybody(connection))
        {
            throw new StoreException(
                StoreFault.Lost, $"the store {connection.Path} has lost what was in it: no agent, operator or token is left, although the trust roots beside it belong to a fleet");
        }

        var revision = found?.Revision ?? 0;
        if (expected.OnMismatch != StoreMismatch.AcceptOlder && revision < expected.LeastRevision)
        {
            throw new StoreException(
                StoreFault.Older,
                $"the store {connection.Path} has lost what was written last, or is an older copy: its revision is {revision}, and was {expected.LeastRevision} before");
        }
    }

    private static string Short(string fleetId) => fleetId.Length <= 16 ? fleetId : fleetId[..16];
}
