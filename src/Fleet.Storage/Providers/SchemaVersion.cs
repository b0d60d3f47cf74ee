namespace Fleet.Storage;

/// <summary>Which schemas of a store this Fleet can use, for every kind of store alike.</summary>
internal static class SchemaVersion
{
    /// <summary>Refuses a store that a newer Fleet wrote.</summary>
    /// <exception cref="StoreException">It is newer.</exception>
    public static void RefuseNewer(string path, long stored, long newest)
    {
        if (stored > newest)
        {
            throw new StoreException(
                StoreFault.NewerSchema,
                $"the store {path} has schema version {stored}, but this Fleet knows versions up to {newest}: "
                    + "run the Fleet that upgraded it (or a newer one), or restore a backup from before the upgrade");
        }
    }

    /// <summary>Refuses a store that the controller would bring to the newest schema, where it is only read.</summary>
    /// <exception cref="StoreException">It is older.</exception>
    public static void RefuseOlder(string path, long stored, long newest)
    {
        if (stored < newest)
        {
            throw new StoreException(
                StoreFault.Other,
                $"the store {path} has schema version {stored}, and this Fleet's is {newest}: let the controller upgrade it first, by one start");
        }
    }
}
