using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>Shows a job as its log comes in: one way of showing each.</summary>
internal interface IResultRenderer
{
    /// <summary>Something happened; the view has taken it already.</summary>
    /// <param name="job">The job.</param>
    /// <param name="happened">The event.</param>
    /// <param name="task">The task that it concerns; null for the job's own events.</param>
    void Show(JobView job, JobEvent happened, TaskView? task);

    /// <summary>The job is done, or watching ended before (then <see cref="JobView.Done"/> is false).</summary>
    void Finish(JobView job, TimeSpan elapsed);
}
