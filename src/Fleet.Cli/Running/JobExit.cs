using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>The exit code that a job's end means.</summary>
internal static class JobExit
{
    public static int Of(JobView job)
    {
        if (job.Tasks.All(t => t.State == TaskState.Succeeded))
            return ExitCode.Success;
        return job.Tasks.All(t => t.State is TaskState.Succeeded or TaskState.Expired) ? ExitCode.SomeNeverAnswered : ExitCode.SomeFailed;
    }
}
