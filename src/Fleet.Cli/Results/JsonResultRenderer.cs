using System.Text.Json;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>An object per host when it is done, and a summary.</summary>
internal sealed class JsonResultRenderer : IResultRenderer
{
    private readonly JsonLines _lines;
    private readonly bool _errorsOnly;

    public JsonResultRenderer(TextWriter writer, bool errorsOnly)
    {
        _lines = new JsonLines(writer);
        _errorsOnly = errorsOnly;
    }

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (happened.EventCase != JobEvent.EventOneofCase.Ended || task?.Ended is not { } ended)
            return;
        if (!_errorsOnly || ended.State != TaskState.Succeeded)
            _lines.Write("result", json => WriteTask(json, job, task, ended));
        task.ForgetOutput();
    }

    public void Finish(JobView job, TimeSpan elapsed) => _lines.Write("summary", json =>
    {
        json.WriteString("job", job.Job?.Id ?? "");
        json.WriteBoolean("done", job.Done);
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
        JsonLines.WriteCounts(json, job);
    });

    private static void WriteTask(Utf8JsonWriter json, JobView job, TaskView task, TaskEnded ended)
    {
        json.WriteString("job", job.Job?.Id ?? "");
        json.WriteNumber("task", task.Ordinal);
        json.WriteString("host", task.Host);
        JsonLines.WriteEnd(json, ended);
        if (task.OutputRemoved)
            json.WriteBoolean("output_removed", true);
        json.WriteStartArray("steps");
        foreach (var step in task.Steps)
        {
            json.WriteStartObject();
            if (step.Ended is { } stepEnded)
                JsonLines.WriteStep(json, stepEnded);
            WriteOutput(json, "stdout", step.Stdout);
            WriteOutput(json, "stderr", step.Stderr);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteOutput(Utf8JsonWriter json, string name, KeptOutput output)
    {
        JsonLines.WriteBytes(json, name, output.Bytes.Span);
        if (output.Gaps.Count == 0)
            return;
        json.WriteStartArray(name + "_gaps");
        foreach (var gap in output.Gaps)
        {
            json.WriteStartObject();
            json.WriteNumber("offset", gap.At);
            json.WriteNumber("dropped_bytes", gap.Dropped);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
