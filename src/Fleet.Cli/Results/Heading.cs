using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>The line above a result: whose it is and how it ended.</summary>
internal static class Heading
{
    /// <summary>What all of them begin with; see <see cref="HostLines"/>.</summary>
    public const string Mark = "--- ";

    public static void Write(Screen screen, string hosts, int count, ResultKind kind, string more = "")
    {
        var isGood = kind.State == TaskState.Succeeded;
        var number = count == 1 ? "" : $" ({count} hosts)";
        var reason = kind.Reason.Length > 0 ? $": {kind.Reason}" : "";
        screen.Out.WriteLine(
            $"{(isGood ? TextStyle.GreenBold : TextStyle.RedBold)}{Mark}{hosts}{TextStyle.Plain}{number} {(isGood ? TextStyle.Green : TextStyle.Red)}{kind.Sentence}{reason}{more}");
    }
}
