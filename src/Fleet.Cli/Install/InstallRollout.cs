using Fleet.Cli.Output;

namespace Fleet.Cli.Install;

/// <summary>Goes over all hosts, so many at once, until all are done or the time is up; shows how far it is.</summary>
internal sealed class InstallRollout(Func<InstallTarget, CancellationToken, Task<InstallOutcome>> install, InstallOptions options, Screen screen, TimeProvider time)
{
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(500);
    private readonly Lock _gate = new();
    private readonly List<HostResult> _results = [];
    private int _atWork;

    /// <summary>Called for each host when it is done, for one at a time.</summary>
    public Action<HostResult>? WhenDone { get; init; }

    /// <summary>How each host ended, in the order in which they were done.</summary>
    public async Task<IReadOnlyList<HostResult>> RunAsync(IReadOnlyList<InstallTarget> targets, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var progress = new ProgressLine(screen, time);
        using var done = new CancellationTokenSource();
        var ticking = TickAsync(progress, targets.Count, done.Token);
        try
        {
            // The token goes to each host instead of to the loop: hosts that had no turn are in the report as well.
            await Parallel.ForEachAsync(targets, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = CancellationToken.None }, async (target, _) =>
            {
                Count(1, null);
                InstallOutcome? outcome = null;
                try
                {
                    outcome = stop.IsCancellationRequested
                        ? new InstallOutcome(InstallKind.NotAttempted, "the deadline passed before it was started; nothing was changed")
                        : await install(target, stop.Token);
                }
                finally
                {
                    Count(-1, outcome is null ? null : new HostResult(target, outcome));
                }
            });
        }
        finally
        {
            await done.CancelAsync();
            await ticking;
        }

        return _results;
    }

    private void Count(int step, HostResult? result)
    {
        lock (_gate)
        {
            _atWork += step;
            if (result is null)
                return;
            _results.Add(result);
            WhenDone?.Invoke(result);
        }
    }

    private async Task TickAsync(ProgressLine progress, int total, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            progress.Draw(elapsed => Text(total, elapsed), now: true);
            await Task.Delay(s_tick, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Text(int total, TimeSpan elapsed)
    {
        lock (_gate)
        {
            var bad = _results.Count(result => !result.Outcome.IsGood);
            return $"{ProgressLine.Bar(_results.Count, total)} {_results.Count}/{total} done{(bad > 0 ? $"  {bad} failed" : "")}  {_atWork} running  {ProgressLine.Elapsed(elapsed)}";
        }
    }
}

/// <summary>How one host ended.</summary>
internal sealed record HostResult(InstallTarget Target, InstallOutcome Outcome);
