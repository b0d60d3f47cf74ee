namespace Fleet.Hosts.Snapshots;

/// <summary>What a host has changed so far: every path that differs from a fresh Debian, with its kind, mode, owner and content.</summary>
public sealed class FileSystemSnapshot
{
    private readonly IReadOnlyDictionary<string, string> _entries;

    internal FileSystemSnapshot(IReadOnlyDictionary<string, string> entries) => _entries = entries;

    /// <summary>The paths, as the host names them.</summary>
    public IEnumerable<string> Paths => _entries.Keys;

    /// <summary>What a later snapshot has and this one has not, the other way round, and what changed; a line each.</summary>
    /// <param name="later">The later one.</param>
    /// <param name="except">Paths that may differ, with all below them.</param>
    public IReadOnlyList<string> Differences(FileSystemSnapshot later, params string[] except)
    {
        bool Counts(string path) => !except.Any(e => path == e || path.StartsWith(e + "/", StringComparison.Ordinal));
        var appeared = later._entries.Where(e => Counts(e.Key) && !_entries.ContainsKey(e.Key)).Select(e => $"+ {e.Key} {e.Value}");
        var vanished = _entries.Where(e => Counts(e.Key) && !later._entries.ContainsKey(e.Key)).Select(e => $"- {e.Key} {e.Value}");
        var changed = _entries
            .Where(e => Counts(e.Key) && later._entries.TryGetValue(e.Key, out var now) && now != e.Value)
            .Select(e => $"~ {e.Key} {e.Value} -> {later._entries[e.Key]}");
        return [.. appeared.Concat(vanished).Concat(changed).Order(StringComparer.Ordinal)];
    }
}
