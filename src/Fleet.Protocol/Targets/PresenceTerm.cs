using System.Text;

namespace Fleet.Protocol.Targets;

/// <summary>Agents whose link is up, or down: <c>online</c>, <c>offline</c>.</summary>
internal sealed record PresenceTerm(bool Online) : TargetTerm
{
    public override bool Matches(ITargetSubject subject) => subject.Online == Online;

    public override TargetExplanation Explain(ITargetSubject subject) =>
        Leaf(subject, subject.Online ? "the agent is online" : "the agent is offline");

    public override void Write(StringBuilder text) => text.Append(Online ? Keyword.Online : Keyword.Offline);
}
