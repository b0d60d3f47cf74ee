using System.Diagnostics.CodeAnalysis;
using Fleet.Protocol.Targets;

namespace Fleet.Controller.Registry;

/// <summary>An agent as a target looks at it.</summary>
internal sealed class AgentSubject(AgentEntry agent) : ITargetSubject
{
    // One snapshot for all clauses: labels that change meanwhile must not make half a match.
    private readonly Storage.AgentRecord _record = agent.Record;

    /// <inheritdoc/>
    public string Name => _record.Name;

    /// <inheritdoc/>
    public bool Online => agent.Link is not null;

    /// <inheritdoc/>
    public bool TryGetLabel(string key, [MaybeNullWhen(false)] out string value) => _record.Labels.TryGetValue(key, out value);

    /// <inheritdoc/>
    public bool TryGetFact(string key, [MaybeNullWhen(false)] out string value) => _record.Facts.TryGetValue(key, out value);
}
