using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>What results must share, beside their text, to stand in one group.</summary>
/// <param name="State">The terminal state.</param>
/// <param name="Sentence">The state with its exit code or signal.</param>
/// <param name="Reason">Why; of a success what was not ordinary about it, mostly nothing.</param>
internal sealed record ResultKind(TaskState State, string Sentence, string Reason)
{
    public static ResultKind Of(TaskEnded ended) =>
        new(ended.State, TaskSentence.Kind(ended), TaskSentence.Reason(ended));

    /// <summary>Successes first, then failures by kind.</summary>
    public int Order => State switch
    {
        TaskState.Succeeded => 0,
        TaskState.Failed => 1,
        TaskState.TimedOut => 2,
        TaskState.Cancelled => 3,
        TaskState.Interrupted => 4,
        TaskState.Rejected => 5,
        TaskState.Skipped => 6,
        _ => 7,
    };
}
