namespace Fleet.Controller.Scans;

/// <summary>How an agent stands to a scan that it reports of.</summary>
internal enum ScanStanding
{
    /// <summary>It had the scan when it read the line.</summary>
    Assigned = 0,

    /// <summary>It did not: what it says is kept, and raises no alert.</summary>
    NotAssigned,

    /// <summary>There is no such scan, and the agent never had one of that name.</summary>
    Unknown,
}
