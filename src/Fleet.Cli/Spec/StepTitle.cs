using Fleet.Protocol.V1;

namespace Fleet.Cli.Spec;

/// <summary>How a step is shown: as one would type it.</summary>
internal static class StepTitle
{
    public static string Of(Step step) => step.ActionCase switch
    {
        Step.ActionOneofCase.Argv => string.Join(' ', step.Argv.Words.Select(Quote)),
        Step.ActionOneofCase.Shell => step.Shell.Line,
        Step.ActionOneofCase.Script => string.Join(' ', step.Script.Arguments.Select(Quote).Prepend(step.Script.Name)),
        Step.ActionOneofCase.Builtin => "built-in " + step.Builtin.Name,
        _ => "unknown step",
    };

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/.-_,:+@%=".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
