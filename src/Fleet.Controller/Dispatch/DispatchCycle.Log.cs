using Fleet.Storage;

namespace Fleet.Controller.Dispatch;

/// <summary>Event ids 4001 to 4099.</summary>
internal sealed partial class DispatchCycle
{
    [LoggerMessage(4001, LogLevel.Information, "Job {JobId} resumed: {Pending} tasks pending, {InFlight} in flight")]
    private static partial void LogRecovered(ILogger log, string jobId, int pending, int inFlight);

    [LoggerMessage(4002, LogLevel.Information, "Job {JobId} of {Operator} created: {Tasks} tasks, target {Target}: {Summary}")]
    private static partial void LogCreated(ILogger log, string jobId, string @operator, int tasks, string target, string summary);

    [LoggerMessage(4003, LogLevel.Debug, "Task {TaskId} of job {JobId} sent to {Agent}")]
    private static partial void LogDispatched(ILogger log, string jobId, string taskId, string agent);

    [LoggerMessage(4004, LogLevel.Information, "Task {TaskId} of job {JobId} sent to {Agent} again: the first message did not arrive")]
    private static partial void LogSentAgain(ILogger log, string jobId, string taskId, string agent);

    [LoggerMessage(4005, LogLevel.Debug, "Task {TaskId} of job {JobId} for {Agent} ended by the controller: {State}, {Reason}")]
    private static partial void LogEnded(ILogger log, string jobId, string taskId, string agent, TaskState state, string reason);

    [LoggerMessage(4006, LogLevel.Information, "Job {JobId} is done, {Failures} tasks did not succeed")]
    private static partial void LogDone(ILogger log, string jobId, int failures);

    [LoggerMessage(4007, LogLevel.Error, "The store failed; the write is retried")]
    private static partial void LogStoreFailed(ILogger log, Exception error);

    [LoggerMessage(4009, LogLevel.Error, "Task {TaskId} of job {JobId} for {Agent} was given up: {Reason}")]
    private static partial void LogGivenUp(ILogger log, string jobId, string taskId, string agent, string reason);

    [LoggerMessage(4008, LogLevel.Error, "Task {TaskId} of job {JobId} for {Agent} is no longer in the store")]
    private static partial void LogVanished(ILogger log, string jobId, string taskId, string agent);
}
