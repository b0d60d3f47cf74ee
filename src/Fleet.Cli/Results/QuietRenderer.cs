using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>Prints nothing: the exit code tells.</summary>
internal sealed class QuietRenderer : IResultRenderer
{
    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (happened.EventCase == JobEvent.EventOneofCase.Ended)
            task?.ForgetOutput();
    }

    public void Finish(JobView job, TimeSpan elapsed)
    {
    }
}
