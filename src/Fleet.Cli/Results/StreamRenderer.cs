using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>Lines as they come, each with its host before it. A line is printed whole, never mixed with another's.</summary>
internal sealed class StreamRenderer : IResultRenderer
{
    private const int LongestHeldLine = 64 * 1024;
    private readonly Screen _screen;
    private readonly bool _errorsOnly;
    private readonly Dictionary<(uint Ordinal, uint Step, OutputStream Stream), MemoryStream> _partial = [];
    private int _width;

    public StreamRenderer(Screen screen, bool errorsOnly)
    {
        _screen = screen;
        _errorsOnly = errorsOnly;
    }

    public void Show(JobView job, JobEvent happened, TaskView? task)
    {
        if (task is null)
        {
            _width = Math.Min(40, job.Tasks.Select(t => t.Host.Length).DefaultIfEmpty().Max());
            return;
        }

        if (happened.EventCase == JobEvent.EventOneofCase.Output)
            Print(task, happened.Output);
        else if (happened.EventCase == JobEvent.EventOneofCase.StepEnded)
            Flush(task, happened.StepEnded.Step);
        else if (happened.EventCase == JobEvent.EventOneofCase.Ended)
            End(task);
        _screen.Writer.Flush();
    }

    public void Finish(JobView job, TimeSpan elapsed) => SummaryLine.Write(_screen, job, elapsed);

    private void Print(TaskView task, OutputChunk chunk)
    {
        var key = (task.Ordinal, chunk.Step, chunk.Stream);
        var data = chunk.Data.Span;
        while (data.Length > 0)
        {
            var newline = data.IndexOf((byte)'\n');
            var piece = newline < 0 ? data : data[..newline];
            var held = _partial.GetValueOrDefault(key);
            if (newline < 0 && piece.Length + (held?.Length ?? 0) <= LongestHeldLine)
            {
                _partial[key] = held ??= new MemoryStream();
                held.Write(piece);
                return;
            }

            Line(task, chunk.Stream, held, piece);
            data = newline < 0 ? [] : data[(newline + 1)..];
        }
    }

    private void Flush(TaskView task, uint step)
    {
        foreach (var stream in (ReadOnlySpan<OutputStream>)[OutputStream.Stdout, OutputStream.Stderr])
        {
            if (_partial.Remove((task.Ordinal, step, stream), out var held) && held.Length > 0)
                Line(task, stream, held, []);
        }
    }

    private void Line(TaskView task, OutputStream stream, MemoryStream? held, ReadOnlySpan<byte> rest)
    {
        if (_errorsOnly && stream != OutputStream.Stderr)
        {
            held?.SetLength(0);
            return;
        }

        var bytes = rest;
        if (held is { Length: > 0 })
        {
            held.Write(rest);
            bytes = held.ToArray();
            held.SetLength(0);
        }

        var text = new StringBuilder(task.Host.PadRight(_width)).Append(stream == OutputStream.Stderr ? " ! " : " | ");
        _screen.Writer.WriteLine(text.Append(HostText.Decode(bytes, _screen.OutIsTerminal)));
    }

    private void End(TaskView task)
    {
        for (var step = 0U; step < task.Steps.Count; step++)
            Flush(task, step);
        if (task.Ended is { } ended && (ended.State != TaskState.Succeeded || ended.Reason.Length > 0))
        {
            var reason = ended.Reason.Length > 0 ? $": {ended.Reason}" : "";
            _screen.Writer.WriteLine($"{task.Host.PadRight(_width)} = {TaskSentence.Kind(ended)}{reason}");
        }

        task.ForgetOutput();
    }
}
