using System.Diagnostics.CodeAnalysis;

namespace Fleet.Protocol.Targets;

/// <summary>What a target can ask about an agent.</summary>
public interface ITargetSubject
{
    /// <summary>The agent's name, in lower case.</summary>
    string Name { get; }

    /// <summary>Whether the agent's link is up.</summary>
    bool Online { get; }

    /// <summary>Looks a label up by its key.</summary>
    bool TryGetLabel(string key, [MaybeNullWhen(false)] out string value);

    /// <summary>Looks a fact up by its key: <c>os</c>, <c>cpus</c>, <c>kernel</c> ...</summary>
    bool TryGetFact(string key, [MaybeNullWhen(false)] out string value);
}
