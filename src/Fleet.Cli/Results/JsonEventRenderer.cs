using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>An object per event of the job's log, as it comes in.</summary>
internal sealed class JsonEventRenderer : IResultRenderer
{
    private readonly JsonLines _lines;

    public JsonEventRenderer(TextWriter writer) => _lines = new JsonLines(writer);

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (task is null)
            return;
        _lines.Write(Name(happened.EventCase), json =>
        {
            json.WriteString("job", job.Job?.Id ?? "");
            json.WriteNumber("seq", happened.Seq);
            json.WriteNumber("at_ms", happened.AtMs);
            json.WriteNumber("task", task.Ordinal);
            json.WriteString("host", task.Host);
            switch (happened.EventCase)
            {
                case JobEvent.EventOneofCase.Output:
                    json.WriteNumber("step", happened.Output.Step);
                    json.WriteString("stream", happened.Output.Stream == OutputStream.Stderr ? "stderr" : "stdout");
                    json.WriteNumber("offset", happened.Output.Offset);
                    JsonLines.WriteBytes(json, "data", happened.Output.Data.Span);
                    break;
                case JobEvent.EventOneofCase.StepEnded:
                    json.WriteNumber("step", happened.StepEnded.Step);
                    JsonLines.WriteStep(json, happened.StepEnded);
                    break;
                case JobEvent.EventOneofCase.Ended:
                    JsonLines.WriteEnd(json, happened.Ended);
                    break;
            }
        });
        task.ForgetOutput();
    }

    public void Finish(JobView job, TimeSpan elapsed) => _lines.Write("summary", json =>
    {
        json.WriteString("job", job.Job?.Id ?? "");
        json.WriteBoolean("done", job.Done);
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
        JsonLines.WriteCounts(json, job);
    });

    private static string Name(JobEvent.EventOneofCase what) => what switch
    {
        JobEvent.EventOneofCase.Dispatched => "dispatched",
        JobEvent.EventOneofCase.Started => "started",
        JobEvent.EventOneofCase.Output => "output",
        JobEvent.EventOneofCase.StepEnded => "step_ended",
        JobEvent.EventOneofCase.Ended => "ended",
        JobEvent.EventOneofCase.OutputRemoved => "output_removed",
        _ => "unknown",
    };
}
