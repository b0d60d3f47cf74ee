using System.Globalization;
using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Running;
using Fleet.Cli.Spec;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>What one host's result looks like to people, without the host's name: two hosts with the same text fold together.</summary>
internal static class ResultText
{
    /// <summary>Renders the steps of a task: titles where there are several, output, what was dropped, and how a step failed.</summary>
    /// <param name="task">The task, ended.</param>
    /// <param name="view">Its job.</param>
    /// <param name="errorsOnly">Leave standard output out.</param>
    public static string Of(TaskView task, JobView view, bool errorsOnly)
    {
        var (spec, job) = (view.Spec, view.Job);
        var text = new StringBuilder();
        for (var i = 0; i < task.Steps.Count; i++)
        {
            var step = task.Steps[i];
            if (spec is { Steps.Count: > 1 } && i < spec.Steps.Count)
                text.Append("$ ").Append(InertText.OneLine(StepTitle.Of(spec.Steps[i]))).Append('\n');
            if (!errorsOnly)
                Append(text, step.Stdout, "", job);
            Append(text, step.Stderr, "! ", job);
            if (step.Ended?.Outcome is { } outcome && Failure(outcome) is { } failure && spec is { Steps.Count: > 1 })
                text.Append("= ").Append(failure).Append('\n');
        }

        if (task.OutputRemoved)
            text.Append("(output removed by retention)\n");
        return text.ToString();
    }

    /// <summary>Stands where bytes are missing.</summary>
    public static string GapText(ulong bytes, Job? job) =>
        string.Create(CultureInfo.InvariantCulture, $"[... {bytes:N0} {(bytes == 1 ? "byte" : "bytes")} not kept; {StreamBudget.Advice(job)}]");

    private static void Append(StringBuilder text, KeptOutput output, string prefix, Job? job)
    {
        var bytes = output.Bytes.Span;
        var at = 0;
        foreach (var gap in output.Gaps)
        {
            AppendLines(text, Encoding.UTF8.GetString(bytes[at..gap.At]), prefix);
            text.Append(CultureInfo.InvariantCulture, $"{prefix}{GapText(gap.Dropped, job)}\n");
            at = gap.At;
        }

        AppendLines(text, Encoding.UTF8.GetString(bytes[at..]), prefix);
    }

    private static void AppendLines(StringBuilder text, string output, string prefix)
    {
        if (output.Length == 0)
            return;
        if (prefix.Length == 0)
        {
            text.Append(HostLines.BelowResult(output));
            if (!output.EndsWith('\n'))
                text.Append('\n');
            return;
        }

        foreach (var line in output.TrimEnd('\n').Split('\n'))
            text.Append(prefix).Append(line).Append('\n');
    }

    private static string? Failure(StepOutcome outcome) => outcome.EndingCase switch
    {
        StepOutcome.EndingOneofCase.ExitCode when outcome.ExitCode == 0 => null,
        StepOutcome.EndingOneofCase.ExitCode => $"exit code {outcome.ExitCode}",
        StepOutcome.EndingOneofCase.Signal => $"ended by {TaskSentence.SignalName(outcome.Signal)}",
        StepOutcome.EndingOneofCase.StartFailure => $"not started: {InertText.OneLine(outcome.StartFailure)}",
        StepOutcome.EndingOneofCase.TimedOut => "timed out",
        StepOutcome.EndingOneofCase.Cancelled => "cancelled",
        _ => null,
    };
}
