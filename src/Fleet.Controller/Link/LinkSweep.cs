using Fleet.Protocol.Memory;

namespace Fleet.Controller.Link;

/// <summary>Once a second, looks at every link: one timer for all of them.</summary>
internal sealed class LinkSweep(LiveSessions sessions, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var tidy = new StormTidy();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var all = sessions.All();
                foreach (var session in all)
                    session.Sweep();
                if (tidy.IsDue(all.Count))
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    NativeHeap.Trim();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }
}
