using Fleet.Agent.Execution;
using Fleet.Agent.Searching;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Tasks;

/// <summary>Turns one step of a specification into what the executor takes, or says what is wrong with it.</summary>
internal static class StepReader
{
    private const int LongestName = 255; // NAME_MAX of limits.h.

    /// <summary>Reads a step; null where it is out of bounds.</summary>
    public static StepRequest? Read(Step step, ReadOnlyMemory<byte>? stdin, TaskPolicy policy, out string fault)
    {
        fault = step.ActionCase switch
        {
            Step.ActionOneofCase.Argv => ArgvFault(step.Argv),
            Step.ActionOneofCase.Shell => ShellFault(step.Shell),
            Step.ActionOneofCase.Script => ScriptFault(step.Script),
            Step.ActionOneofCase.Builtin => BuiltinFault(step.Builtin, policy),
            Step.ActionOneofCase.SearchLogs => SearchReader.Read(step.SearchLogs, out var refused) is null ? "search_logs: " + refused : "",
            _ => "it has no action that this version of the agent knows",
        };
        return fault.Length > 0 ? null : Translate(step) with { StandardInput = stdin };
    }

    private static StepRequest Translate(Step step) => step.ActionCase switch
    {
        Step.ActionOneofCase.Argv => new StepRequest.Command(step.Argv.Words),
        Step.ActionOneofCase.Shell when step.Shell.Shell.Length > 0 => new StepRequest.ShellLine(step.Shell.Line, step.Shell.Shell),
        Step.ActionOneofCase.Shell => new StepRequest.ShellLine(step.Shell.Line),
        Step.ActionOneofCase.Script => new StepRequest.Script(step.Script.Content.Memory, NameOf(step.Script), step.Script.Arguments),
        Step.ActionOneofCase.SearchLogs => new StepRequest.InProcess("search logs", new SearchStep(SearchReader.Read(step.SearchLogs, out _)!).RunAsync),
        _ => new StepRequest.Builtin(step.Builtin.Name, []),
    };

    private static string ArgvFault(Argv argv) =>
        argv.Words.Count is 0 or > Limits.Words ? $"argv: {argv.Words.Count} words given, 1 to {Limits.Words} allowed"
        : argv.Words[0].Length == 0 ? "argv: the program's name is empty"
        : argv.Words.All(SpecReader.IsText) ? "" : "argv: a word holds a NUL character";

    private static string ShellFault(ShellLine shell) =>
        !SpecReader.IsText(shell.Line) ? "shell: the line holds a NUL character"
        : shell.Line.Length == 0 ? "shell: the line is empty"
        : shell.Shell.Length == 0 || (shell.Shell[0] == '/' && SpecReader.IsText(shell.Shell)) ? "" : "shell: an absolute path of a shell expected";

    private static string ScriptFault(Script script) =>
        script.Content.Length is 0 or > Limits.ScriptBytes ? $"script: {script.Content.Length} bytes given, 1 to {Limits.ScriptBytes} allowed"
        : !IsFileName(NameOf(script)) ? "script: its name is not a plain file name"
        : script.Arguments.Count > Limits.Words ? $"script: {script.Arguments.Count} arguments given, {Limits.Words} allowed"
        : script.Arguments.All(SpecReader.IsText) ? "" : "script: an argument holds a NUL character";

    private static string BuiltinFault(Fleet.Protocol.V1.Builtin builtin, TaskPolicy policy) =>
        policy.Builtins.Contains(builtin.Name)
            ? ""
            : $"builtin: there is none of that name; this agent has {string.Join(", ", policy.Builtins.Order(StringComparer.Ordinal))}";

    private static string NameOf(Script script) => script.Name.Length == 0 ? "script" : script.Name;

    private static bool IsFileName(string name) =>
        name.Length <= LongestName && name is not ("." or "..") && !name.Contains('/', StringComparison.Ordinal) && SpecReader.IsText(name);
}
