using Fleet.Cli.Output;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Confirmation;

/// <summary>
/// Asks before a command reaches many hosts. Only people at a terminal are asked; a script has said what it wants.
/// </summary>
internal sealed class HostConfirmation
{
    /// <summary>More hosts than this ask for a yes. The default is 20; $FLEET_CONFIRM_ABOVE changes it.</summary>
    public const int DefaultAbove = 20;

    private readonly int _above;
    private readonly bool _assumeYes;
    private readonly TextReader? _terminal;
    private readonly TextWriter _prompt;

    /// <param name="above">More hosts than this ask.</param>
    /// <param name="assumeYes">`--yes` was given.</param>
    /// <param name="terminal">Where the answer comes from; null where nobody sits at a terminal.</param>
    /// <param name="prompt">Where the question goes.</param>
    public HostConfirmation(int above, bool assumeYes, TextReader? terminal, TextWriter prompt)
    {
        _above = above;
        _assumeYes = assumeYes;
        _terminal = terminal;
        _prompt = prompt;
    }

    /// <summary>From how many hosts on this user wants to be asked.</summary>
    /// <exception cref="CommandFailure">The environment says something else than a number.</exception>
    public static int AboveOfUser()
    {
        var text = Environment.GetEnvironmentVariable("FLEET_CONFIRM_ABOVE");
        if (string.IsNullOrEmpty(text))
            return DefaultAbove;
        return int.TryParse(text, out var above) && above >= 0
            ? above
            : throw CommandFailure.Usage($"FLEET_CONFIRM_ABOVE is \"{text}\"", "set it to a number of hosts, 0 or more");
    }

    /// <summary>Whether there is somebody to ask, who has not said yes already.</summary>
    public bool MayAsk => !_assumeYes && _terminal is not null;

    /// <summary>Returns when it may go on.</summary>
    /// <exception cref="CommandFailure">The answer was no.</exception>
    public void Ask(string command, TargetPreview preview, bool everyHost)
    {
        if (!MayAsk || (!everyHost && preview.Names.Count <= _above))
            return;
        _prompt.WriteLine($"{command}");
        _prompt.WriteLine($"  on {Plural.Of(preview.Names.Count, "host")}: {Shorten(NodeSet.Fold(preview.Names))}");
        if (preview.Offline.Count > 0)
            _prompt.WriteLine($"  of which {preview.Offline.Count} {(preview.Offline.Count == 1 ? "is" : "are")} offline now: {Shorten(NodeSet.Fold(preview.Offline))}");
        _prompt.Write("Continue? [y/N] ");
        _prompt.Flush();
        var answer = _terminal!.ReadLine()?.Trim();
        if (answer is not ("y" or "Y" or "yes"))
            throw CommandFailure.Usage("nothing was run");
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..197] + "...";
}
