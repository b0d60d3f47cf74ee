using LiteDB;

namespace Fleet.Storage.LiteDb;

/// <summary>What a query selects, as a condition on documents.</summary>
internal sealed class FindingFilter(FindingQuery query)
{
    private readonly HashSet<string> scans = [.. query.Scans];
    private readonly HashSet<string>? agents = query.AgentIds is { } ids ? [.. ids] : null;
    private readonly HashSet<string> patterns = [.. query.Patterns];
    private readonly byte[] text = Lower(System.Text.Encoding.UTF8.GetBytes(query.Text));
    private readonly long since = query.Since is { } from ? FindingDocuments.ToMicroseconds(from) : long.MinValue;
    private readonly long until = query.Until is { } to ? FindingDocuments.ToMicroseconds(to) : long.MaxValue;

    public bool Selects(BsonDocument finding)
    {
        if (finding["_id"].AsInt64 <= query.AfterSeq
            || finding["at"].AsInt64 is var at && (at < since || at > until)
            || (scans.Count > 0 && !scans.Contains(finding["scan"].AsString))
            || (agents is not null && !agents.Contains(finding["agent"].AsString)))
            return false;
        var kind = (FindingKind)finding["kind"].AsInt32;
        if (query.Kind is { } wanted && kind != wanted)
            return false;
        // What was lost could have been anything.
        if (kind == FindingKind.Gap)
            return true;
        return finding["severity"].AsInt32 >= query.MinSeverity
            && (patterns.Count == 0 || patterns.Contains(finding["pattern"].AsString))
            && (text.Length == 0 || Lower(finding["text"].AsBinary).AsSpan().IndexOf(text) >= 0);
    }

    // ASCII letters only.
    private static byte[] Lower(byte[] bytes)
    {
        var lower = new byte[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
            lower[i] = bytes[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(bytes[i] | 0x20) : bytes[i];
        return lower;
    }
}
