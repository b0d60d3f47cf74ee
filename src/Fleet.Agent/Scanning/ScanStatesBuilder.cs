using Fleet.Agent.Scanning.Spool;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning;

/// <summary>How the scans fare, in a message for the controller.</summary>
internal static class ScanStatesBuilder
{
    private const int MostSources = 200;
    private const int LongestFault = 500;

    /// <param name="engine">The scans.</param>
    /// <param name="spool">What waits for the controller.</param>
    /// <param name="time">For the next runs, which the engine knows by the monotonic clock.</param>
    public static ScanStates Build(ScanEngine engine, ScanSpool spool, TimeProvider time)
    {
        var held = spool.Held;
        var states = new ScanStates { SpoolBytes = (ulong)held.Bytes, SpoolReports = (ulong)held.Reports };
        var now = time.GetTimestamp();
        foreach (var run in engine.Runs)
        {
            var state = new ScanState
            {
                Name = run.Scan.Name,
                Revision = run.Scan.Revision,
                LastRunMs = run.LastRunMs,
                NextRunMs = run.Scan.IsContinuous || run.Scan.IsPaused ? 0 : (time.GetUtcNow() + time.GetElapsedTime(now, run.DueAt)).ToUnixTimeMilliseconds(),
                Runs = run.Runs,
                Hits = run.Hits,
                ReadBytes = run.ReadBytes,
                CpuUs = (long)run.Cpu.TotalMicroseconds,
            };
            foreach (var source in run.Sources.Where(source => source.Fault.Length > 0))
                state.Sources.Add(new ScanSourceState { Source = source.Name, Error = Cut(source.Fault) });
            // Those with faults first: of a glob of thousands of files not all can be named.
            state.Sources.AddRange(run.Logs.OrderBy(log => log.Fault.Length == 0).Take(MostSources).Select(log =>
                new ScanSourceState { Source = log.Follower.Name, Error = Cut(log.Fault), LagBytes = (ulong)Math.Max(0, log.LagBytes) }));
            states.Scans.Add(state);
        }

        foreach (var refused in engine.Refused)
        {
            states.Scans.Add(new ScanState
            {
                Name = refused.Name,
                Revision = refused.Revision,
                Sources = { new ScanSourceState { Error = Cut("the order is refused: " + refused.Fault) } },
            });
        }

        return states;
    }

    private static string Cut(string text) => text.Length <= LongestFault ? text : text[..LongestFault];
}
