using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>One way of showing what searches found.</summary>
internal interface ISearchReport
{
    /// <summary>A host is done.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="results">What it found, in order.</param>
    void Take(string host, IReadOnlyList<LogResult> results);

    /// <summary>All hosts are done, or watching ended before.</summary>
    void Finish(JobView job, SearchTally tally, TimeSpan elapsed);
}
