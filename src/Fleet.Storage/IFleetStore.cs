namespace Fleet.Storage;

/// <summary>Everything the controller remembers, one narrow store per feature.</summary>
/// <remarks>
/// A call that returns has been committed durably: what it reports survives a crash of the process and of the machine.
/// A cancelled call either did nothing, or was already being executed and then completes with its true result.
/// Failures of the store itself are thrown as <see cref="StoreException"/>; refusals are values.
/// Disposing waits for the operations already accepted, then closes the file.
/// </remarks>
public interface IFleetStore : IAsyncDisposable
{
    /// <summary>Enrolled agents.</summary>
    IAgentStore Agents { get; }

    /// <summary>People and programs that may give orders.</summary>
    IOperatorStore Operators { get; }

    /// <summary>Join tokens.</summary>
    ITokenStore Tokens { get; }

    /// <summary>Certificates that are no longer honored.</summary>
    IRevocationStore Revocations { get; }

    /// <summary>Jobs and their tasks.</summary>
    IJobStore Jobs { get; }

    /// <summary>The log of each job, and with it every move of a task.</summary>
    ITaskEventStore Events { get; }

    /// <summary>Standing scans and channels.</summary>
    IScanStore Scans { get; }

    /// <summary>What scans reported.</summary>
    IFindingStore Findings { get; }

    /// <summary>Alerts, silences and messages.</summary>
    IAlertStore Alerts { get; }

    /// <summary>Small named values, such as the public parts of the trust roots.</summary>
    ISettingsStore Settings { get; }

    /// <summary>Whose store this is, and how far it has come.</summary>
    IRevisionStore Revisions { get; }

    /// <summary>Forgetting what is old.</summary>
    IRetentionStore Retention { get; }

    /// <summary>Counters since the store was opened.</summary>
    StoreStatistics Statistics { get; }

    /// <summary>Reads the whole store and lists what is damaged; an empty list means sound. Slow on large stores.</summary>
    Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken);
}
