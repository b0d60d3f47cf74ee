using System.Text.Json;
using Fleet.Cli.Running;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>An object per event of the job's log, as it comes in.</summary>
internal sealed class JsonEventRenderer : IResultRenderer
{
    private readonly JsonLines _lines;

    // Of each task that runs, how far each stream of each step has come.
    private readonly Dictionary<uint, Dictionary<(uint Step, OutputStream Stream), ulong>> _ends = [];

    public JsonEventRenderer(TextWriter writer) => _lines = new JsonLines(writer);

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (task is null)
            return;
        var missing = happened.EventCase == JobEvent.EventOneofCase.Output ? Missing(happened.Ordinal, happened.Output) : 0;
        _lines.Write(Name(happened.EventCase), json =>
        {
            json.WriteString("job", job.Job?.Id ?? "");
            json.WriteNumber("seq", happened.Seq);
            json.WriteTime("time", happened.AtMs);
            json.WriteNumber("task", task.Ordinal);
            json.WriteString("host", task.Host);
            switch (happened.EventCase)
            {
                case JobEvent.EventOneofCase.Output:
                    json.WriteNumber("step", happened.Output.Step);
                    json.WriteString("stream", happened.Output.Stream == OutputStream.Stderr ? "stderr" : "stdout");
                    json.WriteNumber("offset", happened.Output.Offset);
                    if (missing > 0)
                        json.WriteNumber("dropped_bytes", missing);
                    JsonLines.WriteBytes(json, "data", happened.Output.Data.Span);
                    break;
                case JobEvent.EventOneofCase.StepEnded:
                    json.WriteNumber("step", happened.StepEnded.Step);
                    JsonLines.WriteStep(json, happened.StepEnded);
                    WriteTotals(json, "stdout", happened.StepEnded.Stdout);
                    WriteTotals(json, "stderr", happened.StepEnded.Stderr);
                    break;
                case JobEvent.EventOneofCase.Ended:
                    JsonLines.WriteEnd(json, happened.Ended);
                    break;
            }
        });
        task.ForgetOutput();
        if (happened.EventCase == JobEvent.EventOneofCase.Ended)
            _ends.Remove(happened.Ordinal);
    }

    public void Finish(JobView job, TimeSpan elapsed) => _lines.Write("summary", json =>
    {
        json.WriteString("job", job.Job?.Id ?? "");
        json.WriteBoolean("done", job.Done);
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
        JsonLines.WriteCounts(json, job);
    });

    /// <summary>How many bytes are missing before a chunk.</summary>
    private ulong Missing(uint task, OutputChunk chunk)
    {
        if (!_ends.TryGetValue(task, out var ends))
            _ends[task] = ends = [];
        var end = ends.GetValueOrDefault((chunk.Step, chunk.Stream));
        ends[(chunk.Step, chunk.Stream)] = Math.Max(end, chunk.Offset + (ulong)chunk.Data.Length);
        return chunk.Offset > end ? chunk.Offset - end : 0;
    }

    private static void WriteTotals(Utf8JsonWriter json, string stream, StreamTotals? totals)
    {
        json.WriteNumber($"{stream}_total_bytes", totals?.TotalBytes ?? 0);
        json.WriteNumber($"{stream}_dropped_bytes", totals?.DroppedBytes ?? 0);
    }

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
