using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>Keeps the record beside the trust roots close behind the store's revision, so that a store which loses something is known by it.</summary>
internal sealed partial class StoreRecordLoop(IFleetStore store, StoreRecordFile file, TimeProvider time, ILogger<StoreRecordLoop> log)
{
    /// <summary>Between two looks: who joins is in the record after this time.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>How often the revision is made to grow while anything is written, so that jobs and their results count as well.</summary>
    public static readonly TimeSpan AdvanceEvery = TimeSpan.FromSeconds(10);

    private long _seenCommits = -1;
    private long _advancedAt;
    private long _recorded;
    private bool _hasFailed;

    /// <summary>The loop. Ends when the token says so.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _advancedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
                await LookAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Looks once: costs nothing where nothing was committed.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (store.Statistics.Commits == _seenCommits)
            return;
        try
        {
            var current = await CurrentAsync(cancellationToken);
            if (current is not null && current.Revision != _recorded)
                file.Save(current);
            _recorded = current?.Revision ?? 0;
            _hasFailed = false;
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            // The record stays behind, which asks for less; on a full disk this would otherwise be said each second.
            if (!_hasFailed)
                LogFailed(e);
            _hasFailed = true;
        }
    }

    // Always from what is committed: the record must never be ahead of the store.
    private async Task<StoreIdentity?> CurrentAsync(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_advancedAt) < AdvanceEvery)
        {
            // Looked at again until it is time to advance: what was committed since is not yet behind a revision.
            return await store.Revisions.GetAsync(cancellationToken);
        }

        var before = store.Statistics.Commits;
        var advanced = await store.Revisions.AdvanceAsync(cancellationToken);
        _advancedAt = time.GetTimestamp();
        // Its own commit is no reason to advance again; one beside it is.
        _seenCommits = before + 1;
        return advanced;
    }

    [LoggerMessage(3002, LogLevel.Warning, "The record of the store's revision beside the trust roots cannot be written; retrying every second")]
    private partial void LogFailed(Exception failure);
}
