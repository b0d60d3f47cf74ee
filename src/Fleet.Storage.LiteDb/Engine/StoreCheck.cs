using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Reads every document of a store, and compares each collection with its indexes.</summary>
internal static class StoreCheck
{
    private const int MostFaults = 100;

    public static IReadOnlyList<string> Run(Database database, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var (collection, fields) in Collections.Indexes)
        {
            try
            {
                Check(database, collection, fields, faults, cancellationToken);
            }
            catch (Exception e) when (e is not (StoreException or OperationCanceledException) && !LiteDbFault.EndsEngine(e))
            {
                faults.Add($"{collection}: {e.Message}");
            }

            if (faults.Count >= MostFaults)
                break;
        }

        return faults;
    }

    private static void Check(Database database, string collection, string[] fields, List<string> faults, CancellationToken cancellationToken)
    {
        long documents = 0;
        BsonValue? last = null;
        foreach (var document in database.All(collection))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = document["_id"];
            if (last is not null && Collation.Binary.Compare(last, id) >= 0)
                faults.Add($"{collection}: {id} comes after {last}");
            last = id;
            documents++;
        }

        foreach (var field in fields.Select(field => field.TrimEnd('!')))
        {
            long entries = 0;
            BsonValue? before = null;
            foreach (var value in database.Values(collection, field))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (before is not null && Collation.Binary.Compare(before, value) > 0)
                    faults.Add($"{collection}: the index of {field} is not in order at {value}");
                before = value;
                entries++;
            }

            if (entries != documents)
                faults.Add($"{collection}: the index of {field} has {entries} entries for {documents} documents");
        }
    }
}
