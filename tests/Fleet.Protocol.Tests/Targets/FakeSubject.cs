using System.Diagnostics.CodeAnalysis;
using Fleet.Protocol.Targets;

namespace Fleet.Protocol.Tests.Targets;

/// <summary>An agent as a target sees it.</summary>
internal sealed record FakeSubject(string Name, bool Online = true) : ITargetSubject
{
    public Dictionary<string, string> Labels { get; init; } = [];

    public Dictionary<string, string> Facts { get; init; } = [];

    public bool TryGetLabel(string key, [MaybeNullWhen(false)] out string value) => Labels.TryGetValue(key, out value);

    public bool TryGetFact(string key, [MaybeNullWhen(false)] out string value) => Facts.TryGetValue(key, out value);
}
