using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>
/// Print lines as they arrive, prefixed with the host. A line is printed whole, never mixed with another's; where bytes are missing it is said in place, and
/// what stands before and behind them is never joined.
/// </summary>
/// <remarks>Holds one unfinished line of each stream, and nothing else of the output.</remarks>
internal sealed class StreamRenderer : IResultRenderer
{
    // Longer ones are printed in pieces.
    private const int LongestHeldLine = 1024 * 1024;
    private readonly Screen _screen;
    private readonly bool _errorsOnly;
    private readonly Dictionary<uint, SortedDictionary<(uint Step, OutputStream Stream), Unfinished>> _tasks = [];
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
            if (happened.EventCase == JobEvent.EventOneofCase.OutputRemoved)
                _screen.Note("the output of this job was removed by retention");
            _width = Math.Min(40, job.Tasks.Select(t => t.Host.Length).DefaultIfEmpty().Max());
            return;
        }

        switch (happened.EventCase)
        {
            case JobEvent.EventOneofCase.Output:
                Print(task, happened.Output, job.Job);
                break;
            case JobEvent.EventOneofCase.StepEnded:
                Close(task, happened.StepEnded.Step, OutputStream.Stdout, happened.StepEnded.Stdout, job.Job);
                Close(task, happened.StepEnded.Step, OutputStream.Stderr, happened.StepEnded.Stderr, job.Job);
                break;
            case JobEvent.EventOneofCase.Ended:
                End(task);
                break;
        }

        // What is printed need not be held any longer.
        task.ForgetOutput();
        _screen.Writer.Flush();
    }

    public void Finish(JobView job, TimeSpan elapsed) => SummaryLine.Write(_screen, job, elapsed);

    private void Print(TaskView task, OutputChunk chunk, Job? job)
    {
        var held = Held(task, chunk.Step, chunk.Stream);
        var data = chunk.Data.Span;
        if (chunk.Offset + (ulong)data.Length <= held.End)
            return;
        if (chunk.Offset > held.End)
            Gap(task, chunk.Stream, held, chunk.Offset - held.End, job);
        data = data[(int)(Math.Max(held.End, chunk.Offset) - chunk.Offset)..];
        held.End = chunk.Offset + (ulong)chunk.Data.Length;
        while (data.Length > 0)
        {
            var newline = data.IndexOf((byte)'\n');
            var piece = newline < 0 ? data : data[..newline];
            if (newline < 0 && piece.Length + held.Line.Length <= LongestHeldLine)
            {
                held.Line.Write(piece);
                return;
            }

            Line(task, chunk.Stream, held, piece);
            held.GoesOn = newline < 0;
            data = newline < 0 ? [] : data[(newline + 1)..];
        }
    }

    /// <summary>The stream is at its end: what is missing there shows in its totals only.</summary>
    private void Close(TaskView task, uint step, OutputStream stream, StreamTotals? totals, Job? job)
    {
        var held = Held(task, step, stream);
        if (totals is not null && totals.TotalBytes > held.End)
            Gap(task, stream, held, totals.TotalBytes - held.End, job);
        else
            EndLine(task, stream, held);
        _tasks[task.Ordinal].Remove((step, stream));
    }

    private void Gap(TaskView task, OutputStream stream, Unfinished held, ulong bytes, Job? job)
    {
        EndLine(task, stream, held);
        held.End += bytes;
        if (!_errorsOnly || stream == OutputStream.Stderr)
            _screen.Writer.WriteLine(Head(task, stream) + ResultText.GapText(bytes, job));
    }

    private void EndLine(TaskView task, OutputStream stream, Unfinished held)
    {
        if (held.Line.Length > 0)
            Line(task, stream, held, []);
        held.GoesOn = false;
    }

    private void Line(TaskView task, OutputStream stream, Unfinished held, ReadOnlySpan<byte> rest)
    {
        var bytes = rest;
        if (held.Line.Length > 0)
        {
            held.Line.Write(rest);
            bytes = held.Line.GetBuffer().AsSpan(0, (int)held.Line.Length);
        }

        if (!_errorsOnly || stream == OutputStream.Stderr)
        {
            _screen.Writer.Write(held.GoesOn ? $"{Name(task)} + " : Head(task, stream));
            _screen.Writer.WriteLine(Encoding.UTF8.GetString(bytes));
        }

        held.Line.SetLength(0);
    }

    private void End(TaskView task)
    {
        if (_tasks.Remove(task.Ordinal, out var streams))
        {
            foreach (var (key, held) in streams)
                EndLine(task, key.Stream, held);
        }

        if (task.Ended is { } ended && (ended.State != TaskState.Succeeded || ended.Reason.Length > 0))
            _screen.Out.WriteLine($"{Name(task)} = {TaskSentence.Whole(ended)}");
    }

    private Unfinished Held(TaskView task, uint step, OutputStream stream)
    {
        if (!_tasks.TryGetValue(task.Ordinal, out var streams))
            _tasks[task.Ordinal] = streams = [];
        if (!streams.TryGetValue((step, stream), out var held))
            streams[(step, stream)] = held = new Unfinished();
        return held;
    }

    private string Head(TaskView task, OutputStream stream) => Name(task) + (stream == OutputStream.Stderr ? " ! " : " | ");

    private string Name(TaskView task) => task.Host.PadRight(_width);

    /// <summary>One stream of one step.</summary>
    private sealed class Unfinished
    {
        /// <summary>The line that has begun and not ended.</summary>
        public MemoryStream Line { get; } = new();

        /// <summary>Whether what comes next belongs to a line of which a piece was printed.</summary>
        public bool GoesOn { get; set; }

        /// <summary>Where in the stream the next byte is expected.</summary>
        public ulong End { get; set; }
    }
}
