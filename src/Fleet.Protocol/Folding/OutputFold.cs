using System.Buffers.Binary;
using System.Security.Cryptography;
using Fleet.Protocol.NodeSets;

namespace Fleet.Protocol.Folding;

/// <summary>Groups hosts whose results are the same, live: add results one by one, take a snapshot at any time.</summary>
/// <typeparam name="TKey">What else must be equal for two hosts to share a group: the outcome, the exit code, the stream.</typeparam>
/// <remarks>
/// Keeps one content for each distinct group, and of every other host its name only: memory grows with distinct outputs.
/// Not thread-safe: one loop owns it.
/// </remarks>
public sealed class OutputFold<TKey>(Likeness likeness = Likeness.Exact)
    where TKey : notnull, IEquatable<TKey>
{
    private readonly Dictionary<(TKey Key, Digest Digest), Group> _groups = [];
    private readonly Dictionary<string, Group> _groupByHost = new(StringComparer.Ordinal);

    /// <summary>How many hosts have a result.</summary>
    public int HostCount => _groupByHost.Count;

    /// <summary>How many groups there are.</summary>
    public int GroupCount => _groups.Count;

    /// <summary>Bytes of output that are kept.</summary>
    public long RetainedBytes { get; private set; }

    /// <summary>Adds a host's whole result.</summary>
    /// <returns>False where the host has a result already: the first one stays.</returns>
    public bool TryAdd(string host, TKey key, ReadOnlySpan<byte> content)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        if (_groupByHost.ContainsKey(host))
            return false;

        var raw = Digest.Of(content);
        var digest = likeness == Likeness.Exact ? raw : Digest.Of(OutputNormalizer.Normalize(host, content));
        if (!_groups.TryGetValue((key, digest), out var group))
        {
            _groups.Add((key, digest), group = new Group(key, host, content.ToArray()));
            RetainedBytes += content.Length;
        }

        group.Add(host, likeness == Likeness.Exact ? null : raw);
        _groupByHost.Add(host, group);
        return true;
    }

    /// <summary>The groups so far: the largest first, groups of one size in natural order of their first name.</summary>
    /// <remarks>Only groups that grew since the last snapshot are folded again.</remarks>
    public IReadOnlyList<OutputGroup<TKey>> Snapshot() =>
        [.. _groups.Values.Select(group => group.Snapshot())
            .OrderByDescending(group => group.Hosts.Count)
            .ThenBy(group => group.Hosts.Names[0], NaturalOrder.Comparer)];

    private sealed class Group(TKey key, string representative, byte[] content)
    {
        private readonly List<string> _hosts = [];
        private readonly HashSet<Digest> _variants = [];
        private OutputGroup<TKey>? _snapshot;

        public void Add(string host, Digest? raw)
        {
            _hosts.Add(host);
            if (raw is { } digest)
                _variants.Add(digest);
            _snapshot = null;
        }

        public OutputGroup<TKey> Snapshot() => _snapshot ??=
            new OutputGroup<TKey>(key, NodeSet.Of(_hosts), representative, content, Math.Max(1, _variants.Count));
    }

    /// <summary>SHA-256, so that no agent can make its output pass for another's.</summary>
    private readonly record struct Digest(UInt128 High, UInt128 Low)
    {
        public static Digest Of(ReadOnlySpan<byte> content)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(content, hash);
            return new Digest(
                BinaryPrimitives.ReadUInt128BigEndian(hash),
                BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
        }
    }
}
