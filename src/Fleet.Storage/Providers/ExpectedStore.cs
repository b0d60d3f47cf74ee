namespace Fleet.Storage;

/// <summary>
/// Refuses a store that is not the one that was expected. Storage engines take a file without its log, or with a damaged one, for a sound
/// database that ends earlier; without this a controller would go on with an empty fleet and tell agents to enroll anew.
/// </summary>
internal static class ExpectedStore
{
    /// <summary>Judges a file by what there is of it, before it is opened: false where there is nothing in it to look at.</summary>
    /// <exception cref="StoreException">There should be something.</exception>
    public static bool IsThere(string path, StoreExpectation expected)
    {
        var file = new FileInfo(path);
        if (file is { Exists: true, Length: > 0 })
            return true;
        if (expected.LeastRevision != 0)
        {
            throw new StoreException(
                StoreFault.Lost, $"the store {file} {(file.Exists ? "is empty" : "is missing")}, although the trust roots beside it belong to a fleet that has one");
        }

        return false;
    }

    /// <summary>Judges a store by whose it says it is.</summary>
    /// <param name="path">The store.</param>
    /// <param name="found">Whose it says it is; null where it has not been told.</param>
    /// <param name="hasAnybody">Whether anybody has enrolled in it, or could.</param>
    /// <param name="expected">What it must be like.</param>
    /// <exception cref="StoreException">It is not the one.</exception>
    public static void Check(string path, StoreIdentity? found, Func<bool> hasAnybody, StoreExpectation expected)
    {
        if (found is not null && found.FleetId != expected.FleetId)
        {
            throw new StoreException(
                StoreFault.OtherFleet,
                $"the store {path} belongs to another fleet ({Short(found.FleetId)}) than the trust roots beside it ({Short(expected.FleetId)})");
        }

        if (expected.LeastRevision == 0)
            return;
        if (found is null && !hasAnybody())
        {
            throw new StoreException(
                StoreFault.Lost, $"the store {path} has lost what was in it: no agent, operator or token is left, although the trust roots beside it belong to a fleet");
        }

        var revision = found?.Revision ?? 0;
        if (expected.OnMismatch != StoreMismatch.AcceptOlder && revision < expected.LeastRevision)
        {
            throw new StoreException(
                StoreFault.Older,
                $"the store {path} has lost what was written last, or is an older copy: its revision is {revision}, and was {expected.LeastRevision} before");
        }
    }

    /// <summary>Whether a store that was refused may be renamed instead.</summary>
    public static bool CanSetAside(StoreException refusal, StoreExpectation expected) => expected.OnMismatch == StoreMismatch.SetAside
        && refusal.Fault is StoreFault.Lost or StoreFault.Older or StoreFault.OtherFleet or StoreFault.Corrupt;

    /// <summary>Renames the store's files, so that a new store can take their place; returns where they are now, null where there were none.</summary>
    /// <param name="path">The store.</param>
    /// <param name="suffixes">What the names of the files beside it end in.</param>
    /// <param name="now">Becomes part of the new name.</param>
    /// <exception cref="StoreException">They cannot be renamed.</exception>
    public static string? SetAside(string path, IEnumerable<string> suffixes, DateTimeOffset now)
    {
        var aside = $"{path}.replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}";
        try
        {
            var isAny = false;
            // The log before the database: without it, it would be taken for the log of the new one.
            foreach (var suffix in suffixes.Append(""))
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

    private static string Short(string fleetId) => fleetId.Length <= 16 ? fleetId : fleetId[..16];
}
