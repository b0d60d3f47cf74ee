using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tasks;

internal sealed partial class TaskDesk
{
    [LoggerMessage(5320, LogLevel.Warning, "An order names a task by something that is no task id ({Length} characters); it is left out")]
    private partial void LogBadId(int length);

    [LoggerMessage(5321, LogLevel.Debug, "Task was ordered again; it is here already")]
    private partial void LogRepeated();

    [LoggerMessage(5322, LogLevel.Debug, "Task accepted; {Count} are here now")]
    private partial void LogAccepted(int count);

    [LoggerMessage(5323, LogLevel.Warning, "Task not taken ({State}): {Reason}")]
    private partial void LogRefused(TaskState state, string reason);

    [LoggerMessage(5324, LogLevel.Information, "Task is to end ({Origin}): {Reason}")]
    private partial void LogCancel(StopOrigin origin, string reason);

    [LoggerMessage(5325, LogLevel.Warning, "The controller does not know this task; it is ended and forgotten")]
    private partial void LogUnknown();

    [LoggerMessage(5326, LogLevel.Warning, "{Count} tasks did not end within their grace; they are killed")]
    private partial void LogStopInHaste(int count);
}
