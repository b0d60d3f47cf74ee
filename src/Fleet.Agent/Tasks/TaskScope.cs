using Fleet.Protocol.Identifiers;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tasks;

/// <summary>Puts a task's and its job's id on every log line within.</summary>
internal static class TaskScope
{
    public static IDisposable? Begin(ILogger log, TaskId id) => log.BeginScope(
        new KeyValuePair<string, object?>[] { new("JobId", id.Job.ToString()), new("TaskId", id.ToString()) });
}
