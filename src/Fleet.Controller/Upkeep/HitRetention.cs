using Fleet.Controller.Scans;
using Fleet.Hosting.Settings;
using Fleet.Storage;

namespace Fleet.Controller.Upkeep;

/// <summary>Forgets old hits, resolved alerts and silences that ended, in slices that let others write between them.</summary>
internal sealed partial class HitRetention(
    IFleetStore store, ScanRegistry scans, AssignmentRegistry assignments, Reloadable<RetentionOptions> options, ILogger<HitRetention> log)
{
    private const int RowsPerSlice = 1000;
    private static readonly TimeSpan s_silencesKept = TimeSpan.FromDays(7);

    /// <summary>Forgets what is old, and what there is too much of.</summary>
    /// <param name="now">The time; null where the clock is not believed, and nothing is old.</param>
    /// <param name="cancellationToken">Gives up between two slices.</param>
    public async Task SweepAsync(DateTimeOffset? now, CancellationToken cancellationToken)
    {
        var (hits, alerts) = now is { } believed ? await SweepOldAsync(believed, cancellationToken) : (0L, 0L);
        if (options.Value.MaxHits is { } most)
            hits += await InSlicesAsync(() => store.Findings.DeleteBeyondAsync(most, RowsPerSlice, cancellationToken));
        if (hits > 0 || alerts > 0)
            LogRemoved(hits, alerts);
    }

    private async Task<(long Hits, long Alerts)> SweepOldAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hits = 0L;
        foreach (var scan in await store.Findings.ScansAsync(cancellationToken))
        {
            if (AgeOf(scan) is { } age)
                hits += await InSlicesAsync(() => store.Findings.DeleteOldAsync(scan, now - age, RowsPerSlice, cancellationToken));
        }

        var alerts = options.Value.MaxAlertAge is { } alertAge
            ? await InSlicesAsync(() => store.Alerts.DeleteOldAsync(now - alertAge, RowsPerSlice, cancellationToken))
            : 0;
        await assignments.ForgetAsync(store.Scans, now, cancellationToken);
        await store.Alerts.DeleteOldSilencesAsync(now - s_silencesKept, cancellationToken);
        return (hits, alerts);
    }

    // Null: they are kept.
    private TimeSpan? AgeOf(string scan) => scans.Current.Scans.TryGetValue(scan, out var known) && known.Definition.RetentionMs > 0
        ? TimeSpan.FromMilliseconds(known.Definition.RetentionMs)
        : options.Value.MaxHitAge;

    private static async Task<long> InSlicesAsync(Func<Task<int>> slice)
    {
        var (all, last) = (0L, RowsPerSlice);
        for (; last == RowsPerSlice; all += last)
            last = await slice();
        return all;
    }

    [LoggerMessage(4902, LogLevel.Information, "Retention removed {Hits} hits and {Alerts} alerts")]
    private partial void LogRemoved(long hits, long alerts);
}
