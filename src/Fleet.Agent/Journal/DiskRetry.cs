using Fleet.Agent.Link;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Journal;

/// <summary>While the journal cannot be written: tries again and again to do what the disk did not let happen. Asleep otherwise.</summary>
internal sealed partial class DiskRetry : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private readonly WakeUp _wakeUp = new();
    private readonly TaskJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public DiskRetry(TaskJournal journal, TimeProvider time, ILogger<DiskRetry> log)
    {
        _journal = journal;
        _time = time;
        _log = log;
        journal.FaultChanged += _wakeUp.Set;
        // A fault of the start counts, too.
        _wakeUp.Set();
    }

    /// <summary>Runs until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _wakeUp.WaitAsync(cancellationToken);
                if (_journal.Fault is not { } fault)
                    continue;
                LogFault(fault.Message);
                // Later, not now: a disk that is full by turns must not fill the log as well.
                do
                    await Task.Delay(s_interval, _time, cancellationToken);
                while (!_journal.CatchUp());
                LogOver();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The agent stops.
        }
    }

    public void Dispose() => _journal.FaultChanged -= _wakeUp.Set;

    [LoggerMessage(5510, LogLevel.Error, "The journal cannot be written; tasks are rejected until it can: {Reason}")]
    private partial void LogFault(string reason);

    [LoggerMessage(5511, LogLevel.Information, "The journal can be written again")]
    private partial void LogOver();
}
