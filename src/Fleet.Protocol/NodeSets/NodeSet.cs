using System.Collections;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.NodeSets;

/// <summary>A set of host names with a short text of its own: <c>web[001-200,205]</c>, <c>rack[1-4]-n[01-32]</c>.</summary>
/// <remarks>
/// Text: names apart by commas or white space; brackets hold numbers, ranges and steps (<c>[0-10/2]</c>); zero padding counts, so
/// <c>[001-010]</c> and <c>[1-10]</c> are different hosts; anything unusual goes in double quotes. Names are compared by
/// character: whoever ignores case lower-cases them first, as <c>AgentName</c> does.
/// Whatever the set, parsing its text gives the same set back.
/// </remarks>
public sealed class NodeSet : IReadOnlyCollection<string>, IEquatable<NodeSet>
{
    /// <summary>How many names a text may stand for unless the caller says otherwise.</summary>
    public const int DefaultLimit = 100_000;

    /// <summary>The longest name: a domain name has at most 253 characters.</summary>
    public const int LongestName = 255;

    private readonly string[] _names;
    private string? _text;

    private NodeSet(string[] names) => _names = names;

    /// <summary>The set without names; its text is empty.</summary>
    public static NodeSet Empty { get; } = new([]);

    /// <summary>The names in natural order, each once.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <inheritdoc/>
    public int Count => _names.Length;

    /// <summary>Collects names into a set.</summary>
    /// <exception cref="ArgumentException">A name is empty or longer than <see cref="LongestName"/>.</exception>
    public static NodeSet Of(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var distinct = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name is not { Length: > 0 and <= LongestName })
                throw new ArgumentException($"A name has 1 to {LongestName} characters.", nameof(names));
            distinct.Add(name);
        }

        return OfDistinct(distinct);
    }

    /// <summary>The shortest text for the names, the same whatever their order.</summary>
    public static string Fold(IEnumerable<string> names) => Of(names).ToString();

    /// <summary>Reads a node set.</summary>
    /// <param name="text">The text; an empty one is the empty set.</param>
    /// <param name="limit">How many names it may stand for.</param>
    /// <exception cref="FleetFormatException">The text is malformed or stands for too many names.</exception>
    public static NodeSet Parse(string text, int limit = DefaultLimit)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new NodeSetReader(text, 0, new ExpansionBudget(limit), allowGlobs: false);
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.ReadAll(names);
        return OfDistinct(names);
    }

    /// <summary>Reads a node set, or says why it cannot.</summary>
    public static bool TryParse(string text, out NodeSet set, out ParseError? error, int limit = DefaultLimit)
    {
        try
        {
            set = Parse(text, limit);
            error = null;
            return true;
        }
        catch (FleetFormatException e)
        {
            set = Empty;
            error = e.Error;
            return false;
        }
    }

    /// <summary>Whether the set holds exactly this name.</summary>
    public bool Contains(string name) => Array.BinarySearch(_names, name, NaturalOrder.Comparer) >= 0;

    /// <summary>The names of either.</summary>
    public NodeSet Union(NodeSet other) => Of(_names.Concat(other._names));

    /// <summary>The names of this one that the other lacks.</summary>
    public NodeSet Except(NodeSet other) => new([.. _names.Where(name => !other.Contains(name))]);

    /// <summary>The names of both.</summary>
    public NodeSet Intersect(NodeSet other) => new([.. _names.Where(other.Contains)]);

    /// <summary>The shortest text for this set, in natural order.</summary>
    public override string ToString() => _text ??= NodeSetFolder.Fold(_names, NodeSetSyntax.NeedsQuotes);

    /// <inheritdoc/>
    public bool Equals(NodeSet? other) => other is not null && _names.AsSpan().SequenceEqual(other._names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NodeSet);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        _names.Length == 0 ? 0 : HashCode.Combine(_names.Length, _names[0], _names[^1]);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static NodeSet OfDistinct(HashSet<string> distinct)
    {
        if (distinct.Count == 0)
            return Empty;
        var names = distinct.ToArray();
        Array.Sort(names, NaturalOrder.Comparer);
        return new NodeSet(names);
    }
}
