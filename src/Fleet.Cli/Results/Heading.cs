using Fleet.Cli.Output;
using Fleet.Protocol.V1;
using Spectre.Console;

namespace Fleet.Cli.Results;

/// <summary>The line above a result: whose it is and how it ended.</summary>
internal static class Heading
{
    public static void Write(Screen screen, string hosts, int count, TaskEnded ended)
    {
        var number = count == 1 ? "" : $" ({count} hosts)";
        var colour = ended.State == TaskState.Succeeded ? "green" : "red";
        var reason = ended.Reason.Length > 0 ? $": {ended.Reason}" : "";
        screen.Out.MarkupLine($"[{colour} bold]--- {Markup.Escape(hosts)}[/]{number} [{colour}]{Markup.Escape(TaskSentence.Kind(ended) + reason)}[/]");
    }
}
