using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tasks;

internal sealed partial class TaskSupervisor
{
    [LoggerMessage(5320, LogLevel.Warning, "An order with an invalid task id ({Length} characters) was skipped")]
    private partial void LogBadId(int length);

    [LoggerMessage(5321, LogLevel.Debug, "Task ordered again; it is already here")]
    private partial void LogRepeated();

    [LoggerMessage(5322, LogLevel.Debug, "Task accepted; {Count} tasks now")]
    private partial void LogAccepted(int count);

    [LoggerMessage(5323, LogLevel.Warning, "Task rejected ({State}): {Reason}")]
    private partial void LogRefused(TaskState state, string reason);

    [LoggerMessage(5324, LogLevel.Information, "Ending task ({Origin}): {Reason}")]
    private partial void LogCancel(StopOrigin origin, string reason);

    [LoggerMessage(5325, LogLevel.Warning, "The controller does not know this task; it is ended and its journal removed")]
    private partial void LogUnknown();

    [LoggerMessage(5326, LogLevel.Warning, "{Count} tasks did not end within their grace period; killing them")]
    private partial void LogStopInHaste(int count);
}
