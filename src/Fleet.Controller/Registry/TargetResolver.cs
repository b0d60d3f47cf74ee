using System.Security.Cryptography;
using System.Text;
using Fleet.Protocol.Targets;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Registry;

/// <summary>Finds the agents that a target means.</summary>
/// <param name="registry">All agents.</param>
/// <param name="draws">What previews drew.</param>
/// <param name="random">Draws samples; seeded in tests.</param>
internal sealed class TargetResolver(AgentRegistry registry, SampleDraws draws, Random random)
{
    private const int NamesInReason = 10;

    /// <summary>Resolves a target and remembers the draw where there is a sample, for <see cref="Resolve"/> to find by its digest.</summary>
    public TargetOutcome Preview(TargetSelection selection)
    {
        var outcome = Resolve(selection, "");
        if (selection.Sample > 0 && outcome is TargetOutcome.Resolved resolved)
            draws.Remember(resolved.Digest, [.. resolved.Agents.Select(static agent => agent.Id)]);
        return outcome;
    }

    /// <summary>Resolves a target; with a preview's digest, to exactly the agents of that preview or to none.</summary>
    public TargetOutcome Resolve(TargetSelection selection, string previewDigest)
    {
        if (Read(selection, out var reason) is not { } target)
            return new TargetOutcome.Malformed(reason);

        var matching = registry.InOrder.Where(agent => Matches(target, agent)).ToList();
        var unknown = target.NamedHosts.Where(name => registry.FindByNameOrId(name)?.Name != name).ToList();
        if (matching.Count == 0)
            return new TargetOutcome.Nobody(WhyNobody(unknown));

        if (previewDigest.Length > 0 && selection.Sample > 0)
            return Again(matching, unknown, previewDigest);

        var chosen = Cut(Draw(matching, selection.Sample), selection.Limit);
        var digest = DigestOf(chosen);
        return previewDigest.Length > 0 && digest != previewDigest
            ? new TargetOutcome.Changed("the target no longer means the agents that were previewed; preview it again")
            : new TargetOutcome.Resolved(chosen, unknown, digest);
    }

    /// <summary>SHA-256 over the agents' sorted ids, in hexadecimal.</summary>
    public static string DigestOf(IEnumerable<AgentEntry> agents)
    {
        var ids = agents.Select(static agent => agent.Id).Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', ids))));
    }

    /// <summary>Reads the expression of a selection; "all" stands for every agent, unless one has that name.</summary>
    public Target? Read(TargetSelection? selection, out string reason)
    {
        reason = "";
        if (selection is null || string.IsNullOrWhiteSpace(selection.Expression))
        {
            reason = "target.expression is required; \"all\" means every agent";
            return null;
        }

        var isAll = selection.Expression.Trim().Equals("all", StringComparison.OrdinalIgnoreCase) && registry.FindByNameOrId("all") is null;
        if (selection.HasLimit && selection.Limit == 0)
        {
            reason = "a limit of 0 hosts reaches none: give at least 1, or leave the limit out";
            return null;
        }

        if (selection.HasSample && selection.Sample == 0)
        {
            reason = "a sample of 0 hosts reaches none: give at least 1, or leave the sample out";
            return null;
        }

        if (Target.TryParse(isAll ? "*" : selection.Expression, out var target, out var error))
            return target;
        reason = $"target.expression: {error}";
        return null;
    }

    private TargetOutcome Again(List<AgentEntry> matching, List<string> unknown, string previewDigest)
    {
        if (draws.Find(previewDigest) is not { } drawn)
            return new TargetOutcome.Changed("the preview that drew this sample is unknown or too old; preview the target again");

        var wanted = drawn.ToHashSet(StringComparer.Ordinal);
        var chosen = matching.Where(agent => wanted.Contains(agent.Id)).ToList();
        return chosen.Count == wanted.Count
            ? new TargetOutcome.Resolved(chosen, unknown, previewDigest)
            : new TargetOutcome.Changed("agents of the previewed sample are gone or match no more; preview the target again");
    }

    private List<AgentEntry> Draw(List<AgentEntry> matching, uint sample)
    {
        if (sample == 0 || sample >= matching.Count)
            return matching;

        var places = Enumerable.Range(0, matching.Count).ToArray();
        lock (random)
            random.Shuffle(places);
        return [.. places.Take((int)sample).Order().Select(place => matching[place])];
    }

    private static List<AgentEntry> Cut(List<AgentEntry> agents, uint limit) =>
        limit == 0 || limit >= agents.Count ? agents : agents[..(int)limit];

    private static bool Matches(Target target, AgentEntry agent) => target.Matches(new AgentSubject(agent));

    private string WhyNobody(List<string> unknown)
    {
        var considered = registry.Count;
        if (considered == 0)
            return "the target matches no agent: none is enrolled; create a token and enroll some";
        if (unknown.Count == 0)
            return $"the target matches none of {considered} agents; 'fleet agents explain' says why for one of them";
        var names = string.Join(", ", unknown.Take(NamesInReason)) + (unknown.Count > NamesInReason ? ", ..." : "");
        return $"the target matches none of {considered} agents; no agent has the name {names}";
    }
}
