using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>Checks what the records of one task say together, as far as they come over one link.</summary>
/// <remarks>
/// What came over an earlier link is not known here: a task's output may go back once for each link. Bounded by the task's steps.
/// Used by one link's reader alone.
/// </remarks>
internal sealed class TaskLogCheck(int steps)
{
    private readonly Dictionary<(uint Step, OutputStream Stream), ulong> _next = [];
    private ulong _lastSeq;

    /// <summary>What is wrong with a record that is good by itself; empty where nothing is.</summary>
    public string Fault(TaskRecord record)
    {
        // The store drops repeats, whatever they say.
        if (record.Seq <= _lastSeq)
            return "";
        _lastSeq = record.Seq;
        return record.EntryCase switch
        {
            TaskRecord.EntryOneofCase.Output => Fault(record.Output),
            TaskRecord.EntryOneofCase.StepEnded when record.StepEnded.Step >= steps => TooManySteps("step_ended", record.StepEnded.Step),
            _ => "",
        };
    }

    private string Fault(OutputChunk output)
    {
        if (output.Step >= steps)
            return TooManySteps("output", output.Step);
        var key = (output.Step, output.Stream);
        if (_next.TryGetValue(key, out var next) && output.Offset < next)
            return $"output.offset goes back: {output.Offset}, {next} or more expected";
        _next[key] = output.Offset + (ulong)output.Data.Length;
        return "";
    }

    private string TooManySteps(string field, uint step) => $"{field}.step is {step}, the task has {steps}";
}
