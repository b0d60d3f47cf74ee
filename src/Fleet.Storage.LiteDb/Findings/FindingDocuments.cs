using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>Documents of the collections <c>findings</c> and <c>scan_totals</c>. The id is the position; times of lines are microseconds.</summary>
internal static class FindingDocuments
{
    /// <summary>Adds a finding; false if it is there already.</summary>
    public static bool Insert(Database database, Finding finding, DateTimeOffset receivedAt)
    {
        var once = Once(finding.AgentId, finding.Scan, finding.Id);
        if (database.FindBy(Collections.Findings, "once", once) is not null)
            return false;
        database.Insert(Collections.Findings, ToDocument(database.State.NextFinding(), once, receivedAt, finding));
        return true;
    }

    /// <summary>A finding as a document, with what its indexes are over.</summary>
    public static BsonDocument ToDocument(long seq, byte[] once, DateTimeOffset receivedAt, Finding finding)
    {
        var document = new BsonDocument
        {
            ["_id"] = seq,
            ["kind"] = (int)finding.Kind,
            ["scan"] = finding.Scan,
            ["agent"] = finding.AgentId,
            ["name"] = Field.Of(finding.AgentName),
            ["id"] = finding.Id,
            ["severity"] = finding.Severity,
            ["pattern"] = Field.Of(finding.Pattern),
            ["source"] = Field.Of(finding.Source),
            ["template"] = Field.Of(finding.Template),
            ["at"] = ToMicroseconds(finding.At),
            ["received"] = Field.Of(receivedAt),
            ["count"] = finding.Count,
            ["text"] = finding.Text,
            ["data"] = finding.Data,
            ["unassigned"] = finding.IsUnassigned,
        };
        SetIndexed(document, once);
        return document;
    }

    /// <summary>What the fields that are there for the indexes must be.</summary>
    public static void SetIndexed(BsonDocument finding, byte[] once)
    {
        var (seq, scan, agentId) = (finding["_id"].AsInt64, finding["scan"].AsString, finding["agent"].AsString);
        finding["once"] = once;
        finding["of_scan"] = Key.Of(Key.Hash(scan), finding["at"].AsInt64, seq);
        finding["of_agent"] = Key.Of(Key.Hash(agentId, scan), seq);
    }

    /// <summary>Stands for agent, scan and id of a finding: those of which there is one at most.</summary>
    public static byte[] Once(string agentId, string scan, byte[] id) => Key.Hash(agentId, scan, id);

    public static void AddToTotal(Database database, string scan, long hits, long gaps, DateTimeOffset lastAt)
    {
        var total = database.Find(Collections.ScanTotals, scan)
            ?? new BsonDocument { ["_id"] = scan, ["hits"] = 0L, ["gaps"] = 0L, ["last"] = long.MinValue };
        total["hits"] = total["hits"].AsInt64 + hits;
        total["gaps"] = total["gaps"].AsInt64 + gaps;
        total["last"] = Math.Max(total["last"].AsInt64, lastAt.ToUnixTimeMilliseconds());
        database.Upsert(Collections.ScanTotals, total);
    }

    public static IReadOnlyList<ScanTotal> Totals(Database database) =>
    [
        .. database.All(Collections.ScanTotals)
            .Select(total => new ScanTotal(total["_id"].AsString, total["hits"].AsInt64, total["gaps"].AsInt64, total["last"].Time())),
    ];

    /// <summary>Position before the first come of the findings that were written then or later; that of the latest if there are none.</summary>
    public static long PlaceBefore(Database database, DateTimeOffset since)
    {
        long? first = null;
        foreach (var scan in FindingShares.Scans(database))
        {
            // The position is in the index, but after the time: each that is late enough is looked at.
            var hash = Key.Hash(scan);
            foreach (var finding in database.Between(
                Collections.Findings, "of_scan", Key.Of(hash, ToMicroseconds(since), long.MinValue), Key.Of(hash, long.MaxValue, long.MaxValue)))
            {
                if (!(first <= finding["_id"].AsInt64))
                    first = finding["_id"].AsInt64;
            }
        }

        return first - 1 ?? Newest(database)?["_id"].AsInt64 ?? 0;
    }

    /// <summary>The finding that came last of those that are left; null if there are none.</summary>
    public static BsonDocument? Newest(Database database) =>
        database.Between(Collections.Findings, "_id", 0L, long.MaxValue, isDescending: true).FirstOrDefault();

    /// <summary>Deletes up to so many judged findings of a scan; returns how many.</summary>
    /// <remarks>The time of the line leads through the index, that of the storing makes sure that nothing goes which has only just come.</remarks>
    public static int DeleteOld(Database database, string scan, DateTimeOffset before, int limit)
    {
        var hash = Key.Hash(scan);
        var judged = database.State.EvaluatedUpTo;
        var old = database.Between(
                Collections.Findings, "of_scan", Key.Of(hash, long.MinValue, long.MinValue), Key.Of(hash, ToMicroseconds(before) - 1, long.MaxValue))
            .Where(finding => finding["_id"].AsInt64 <= judged && finding["received"].Time() < before)
            .Take(limit)
            .Select(finding => (Id: finding["_id"], Agent: finding["agent"].AsString))
            .ToList();
        database.Delete(Collections.Findings, [.. old.Select(finding => finding.Id)]);
        foreach (var ofAgent in old.GroupBy(finding => finding.Agent, StringComparer.Ordinal))
            FindingShares.Add(database, ofAgent.Key, scan, -ofAgent.Count());
        return old.Count;
    }

    public static long ToMicroseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicroseconds(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);

    public static StoredFinding Read(BsonDocument finding) => new(
        finding["_id"].AsInt64,
        finding["received"].Time(),
        new Finding
        {
            Kind = (FindingKind)finding["kind"].AsInt32,
            Scan = finding["scan"].AsString,
            AgentId = finding["agent"].AsString,
            AgentName = finding["name"].AsString,
            Id = finding["id"].AsBinary,
            Severity = finding["severity"].AsInt32,
            Pattern = finding["pattern"].AsString,
            Source = finding["source"].AsString,
            Template = finding["template"].AsString,
            At = FromMicroseconds(finding["at"].AsInt64),
            Count = finding["count"].AsInt64,
            Text = finding["text"].AsBinary,
            Data = finding["data"].AsBinary,
            IsUnassigned = finding["unassigned"].AsBoolean,
        });
}
