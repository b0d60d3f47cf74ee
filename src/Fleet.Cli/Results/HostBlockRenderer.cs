using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>A block per host, in the order in which they are done.</summary>
internal sealed class HostBlockRenderer : IResultRenderer
{
    private readonly Screen _screen;
    private readonly bool _errorsOnly;

    public HostBlockRenderer(Screen screen, bool errorsOnly)
    {
        _screen = screen;
        _errorsOnly = errorsOnly;
    }

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (happened.EventCase != JobEvent.EventOneofCase.Ended || task?.Ended is not { } ended)
            return;
        if (!_errorsOnly || ended.State != TaskState.Succeeded)
        {
            Heading.Write(_screen, task.Host, 1, ResultKind.Of(ended));
            _screen.Writer.Write(ResultText.Of(task, job, _errorsOnly));
            _screen.Writer.Flush();
        }

        task.ForgetOutput();
    }

    public void Finish(JobView job, TimeSpan elapsed) => SummaryLine.Write(_screen, job, elapsed);
}
