using Fleet.LogSearch.Searching;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning.Orders;

/// <summary>A scan as it was ordered, checked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Revision">Grows with every change.</param>
/// <param name="Sources">Where to look.</param>
/// <param name="Query">What to look for; without the conditions on a journal's fields.</param>
/// <param name="Severities">Of each pattern.</param>
/// <param name="Every">Between two runs; zero: continuous.</param>
/// <param name="FirstRunLines">Lines from before the first run that are read.</param>
/// <param name="HitsPerMinute">More are counted by template.</param>
/// <param name="IsPaused">Whether it rests.</param>
internal sealed record CheckedScan(
    string Name,
    ulong Revision,
    IReadOnlyList<V1.LogSource> Sources,
    LogQuery Query,
    IReadOnlyList<V1.Severity> Severities,
    TimeSpan Every,
    int FirstRunLines,
    long HitsPerMinute,
    bool IsPaused)
{
    /// <summary>Whether it is to see a line as soon as it is written.</summary>
    public bool IsContinuous => Every == TimeSpan.Zero;
}

/// <summary>A scan that cannot be run as it was ordered.</summary>
/// <param name="Name">Its name, as far as it can be shown.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Fault">What is wrong.</param>
internal sealed record RefusedScan(string Name, ulong Revision, string Fault);

/// <summary>All scans of this agent.</summary>
/// <param name="Digest">Names the set; empty: none was ever given.</param>
/// <param name="Scans">Those that run.</param>
/// <param name="Refused">Those that cannot.</param>
internal sealed record ScanPlan(string Digest, IReadOnlyList<CheckedScan> Scans, IReadOnlyList<RefusedScan> Refused)
{
    /// <summary>No scans.</summary>
    public static ScanPlan None { get; } = new("", [], []);
}
