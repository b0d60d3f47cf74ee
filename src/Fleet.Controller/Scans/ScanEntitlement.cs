using Fleet.Controller.Registry;

namespace Fleet.Controller.Scans;

/// <summary>Says whether an agent may report of a scan.</summary>
internal sealed class ScanEntitlement(ScanAssignment assignment, AssignmentRegistry book, ScanRegistry scans)
{
    /// <summary>How many scans the agent has now.</summary>
    public int CountOf(AgentEntry agent)
    {
        assignment.Assign(agent);
        return book.CountOf(agent.Id);
    }

    /// <summary>How the agent stands to scans now: by name, revision (0: not said) and when it read the line.</summary>
    public Func<string, ulong, DateTimeOffset, ScanStanding> Of(AgentEntry agent)
    {
        // Its first report may come before anybody has compared its set with the one that it should have.
        assignment.Assign(agent);
        var current = scans.Current.Scans;
        return (scan, revision, readAt) =>
            book.Had(agent.Id, scan, revision, readAt) ? ScanStanding.Assigned
            : current.ContainsKey(scan) || book.Knows(agent.Id, scan) ? ScanStanding.NotAssigned
            : ScanStanding.Unknown;
    }
}
