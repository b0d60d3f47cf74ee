using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Finds what a query selects, along the index that leads there with the least to look at.</summary>
internal static class FindingSearch
{
    // Up to so many findings of the agents asked for are put in order in memory; beyond, the order of the index is worth more.
    private const long MostToSort = 20_000;

    // Names of hosts in an answer about clusters: of one, and of all together, the most frequent first.
    private const int MostHostsOfOne = 2000;
    private const int MostHosts = 50_000;

    public static IReadOnlyList<StoredFinding> Read(Database database, FindingQuery query)
    {
        var filter = new FindingFilter(query);
        var found = query.Order == FindingOrder.Arrival
            ? ByArrival(database, query.AfterSeq)
            : NewestFirst(database, query);
        return [.. found.Where(filter.Selects).Take(query.Limit).Select(FindingDocuments.Read)];
    }

    public static IReadOnlyList<FindingCluster> Clusters(Database database, FindingQuery query)
    {
        var asked = query with { Order = FindingOrder.Arrival, AfterSeq = 0, After = null };
        var filter = new FindingFilter(asked);
        var clusters = new Dictionary<string, Cluster>(StringComparer.Ordinal);
        foreach (var finding in Any(database, asked).Where(filter.Selects))
        {
            if (finding["kind"].AsInt32 == (int)FindingKind.Gap)
                continue;
            var template = finding["template"].AsString;
            if (!clusters.TryGetValue(template, out var cluster))
                clusters.Add(template, cluster = new Cluster(finding["text"].AsBinary));
            cluster.Add(finding);
        }

        var room = MostHosts;
        var answer = new List<FindingCluster>();
        foreach (var (template, cluster) in clusters
            .OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(query.Limit))
        {
            var hosts = cluster.Hosts.Order(StringComparer.Ordinal).Take(Math.Min(room, MostHostsOfOne)).ToList();
            room -= hosts.Count;
            answer.Add(new FindingCluster(
                template, cluster.Count, cluster.Example, FindingDocuments.FromMicroseconds(cluster.First),
                FindingDocuments.FromMicroseconds(cluster.Last), cluster.Hosts.Count, hosts));
        }

        return answer;
    }

    private static IEnumerable<BsonDocument> ByArrival(Database database, long afterSeq) => afterSeq == long.MaxValue
        ? []
        : database.Between(Collections.Findings, "_id", afterSeq + 1, long.MaxValue);

    // In no order.
    private static IEnumerable<BsonDocument> Any(Database database, FindingQuery query) =>
        FewOfAgents(database, query) is { } few ? few : Scans(database, query).SelectMany(scan => OfScan(database, scan, query));

    private static IEnumerable<BsonDocument> NewestFirst(Database database, FindingQuery query)
    {
        if (FewOfAgents(database, query) is { } few)
        {
            var after = query.After is { } place ? (FindingDocuments.ToMicroseconds(place.At), place.Seq) : (long.MaxValue, long.MaxValue);
            return few.Select(finding => (Place: (finding["at"].AsInt64, finding["_id"].AsInt64), Finding: finding))
                .Where(finding => finding.Place.CompareTo(after) < 0)
                .OrderByDescending(finding => finding.Place)
                .Select(finding => finding.Finding);
        }

        return Merge([.. Scans(database, query).Select(scan => OfScan(database, scan, query))]);
    }

    private static IEnumerable<string> Scans(Database database, FindingQuery query) =>
        query.Scans.Count > 0 ? query.Scans.Distinct(StringComparer.Ordinal) : FindingShares.Scans(database);

    private static IEnumerable<BsonDocument> OfScan(Database database, string scan, FindingQuery query)
    {
        var hash = Key.Hash(scan);
        var first = query.Since is { } since ? FindingDocuments.ToMicroseconds(since) : long.MinValue;
        var last = Key.Of(hash, query.Until is { } until ? FindingDocuments.ToMicroseconds(until) : long.MaxValue, long.MaxValue);
        if (query.After is { } place && !(query.Until < place.At))
            last = Key.Of(hash, FindingDocuments.ToMicroseconds(place.At), place.Seq - 1);
        return database.Between(Collections.Findings, "of_scan", Key.Of(hash, first, long.MinValue), last, isDescending: true);
    }

    // Null where the agents have too many, or all are asked for.
    private static IEnumerable<BsonDocument>? FewOfAgents(Database database, FindingQuery query)
    {
        if (query.AgentIds is not { } agents)
            return null;
        var wanted = new HashSet<string>(agents, StringComparer.Ordinal);
        var counts = FindingShares.List(database)
            .Where(row => wanted.Contains(row.AgentId) && (query.Scans.Count == 0 || query.Scans.Contains(row.Scan)))
            .ToList();
        return counts.Sum(row => row.Count) > MostToSort
            ? null
            : counts.SelectMany(row => FindingShares.Findings(database, row.AgentId, row.Scan));
    }

    // Each is in order: the newest of all is the first of one of them.
    private static IEnumerable<BsonDocument> Merge(IReadOnlyList<IEnumerable<BsonDocument>> sorted)
    {
        var cursors = sorted.Select(documents => documents.GetEnumerator()).ToList();
        try
        {
            var next = new PriorityQueue<IEnumerator<BsonDocument>, (long At, long Seq)>(
                Comparer<(long At, long Seq)>.Create((left, right) => right.CompareTo(left)));
            foreach (var cursor in cursors)
                Advance(cursor);
            while (next.TryDequeue(out var cursor, out _))
            {
                yield return cursor.Current;
                Advance(cursor);
            }

            void Advance(IEnumerator<BsonDocument> cursor)
            {
                if (cursor.MoveNext())
                    next.Enqueue(cursor, (cursor.Current["at"].AsInt64, cursor.Current["_id"].AsInt64));
            }
        }
        finally
        {
            foreach (var cursor in cursors)
                cursor.Dispose();
        }
    }

    private sealed class Cluster(byte[] example)
    {
        public byte[] Example => example;

        public long Count { get; private set; }

        public long First { get; private set; } = long.MaxValue;

        public long Last { get; private set; } = long.MinValue;

        public HashSet<string> Hosts { get; } = new(StringComparer.Ordinal);

        public void Add(BsonDocument finding)
        {
            Count += finding["count"].AsInt64;
            First = Math.Min(First, finding["at"].AsInt64);
            Last = Math.Max(Last, finding["at"].AsInt64);
            Hosts.Add(finding["name"].AsString);
        }
    }
}
