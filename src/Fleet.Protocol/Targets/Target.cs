using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>Which agents a job, scan or check reaches: <c>role=web and os!=windows and not web05 and memory>=8GiB</c>.</summary>
/// <remarks>
/// Terms: names, globs and node sets, apart by commas (<c>web[01-10],db*</c>); <c>key=value</c>, <c>!=</c>, <c>&lt;</c>,
/// <c>&lt;=</c>, <c>></c>, <c>>=</c>; <c>key=~"regex"</c> and <c>!~</c>; <c>key in (a,b*)</c>; <c>has key</c>; <c>online</c> and
/// <c>offline</c>. Joined by <c>and</c>, <c>or</c>, <c>not</c> (or <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>) and parentheses;
/// <c>not</c> binds closest, then <c>and</c>. A label wins over a fact of the same key; <c>label.x</c> and <c>fact.x</c> say which;
/// <c>name</c> is the agent's name. Values compare ignoring case, regular expressions do not.
/// <c>a!=b</c> is <c>not a=b</c>: it holds for an agent without <c>a</c>.
/// </remarks>
public sealed class Target : IEquatable<Target>
{
    /// <summary>The longest text of a target, in characters.</summary>
    public const int LongestText = 64 * 1024;

    /// <summary>How deeply parentheses and negations may nest.</summary>
    public const int DeepestNesting = 64;

    /// <summary>How many globs a target may hold, node sets in them expanded: each costs a comparison per agent.</summary>
    public const int MostGlobs = 1_000;

    private readonly string _text;

    internal Target(TargetTerm root)
    {
        Root = root;
        _text = root.ToString();
        NamedHosts = NodeSet.Of(root.NamedHosts(isPositive: true));
        ExactNames = root.AsExactNames();
    }

    /// <summary>
    /// The names, where the target is nothing but names: every other agent is out, so a lookup replaces the walk. Otherwise null.
    /// </summary>
    public NodeSet? ExactNames { get; }

    /// <summary>All whole names that the target asks for, so that the caller can say which of them are not enrolled.</summary>
    /// <remarks>Names under <c>not</c> are left out: excluding an unknown host is no mistake.</remarks>
    public NodeSet NamedHosts { get; }

    internal TargetTerm Root { get; }

    /// <summary>Reads a target.</summary>
    /// <exception cref="FleetFormatException">The text is malformed, too long, too deep or stands for too many names.</exception>
    public static Target Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var target = new Target(new TargetParser(text).Parse());
        // The canonical text travels in place of what was typed: it must be readable too.
        return target._text.Length <= LongestText ? target : throw TargetParser.TooLong(text);
    }

    /// <summary>Reads a target, or says why it cannot.</summary>
    public static bool TryParse(string text, out Target? target, out ParseError? error)
    {
        try
        {
            target = Parse(text);
            error = null;
            return true;
        }
        catch (FleetFormatException e)
        {
            target = null;
            error = e.Error;
            return false;
        }
    }

    /// <summary>Whether the agent is meant.</summary>
    public bool Matches(ITargetSubject subject) => Root.Matches(subject);

    /// <summary>Says clause by clause why the agent is meant or not, with the values it has.</summary>
    public TargetExplanation Explain(ITargetSubject subject) => Root.Explain(subject);

    /// <summary>The canonical text: <see cref="Parse"/> reads the same target back.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(Target? other) => other is not null && Root.Equals(other.Root);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Target);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);
}
