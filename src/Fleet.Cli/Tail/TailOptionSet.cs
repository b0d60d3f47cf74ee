using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Protocol;

namespace Fleet.Cli.Tail;

/// <summary>How a tail begins, ends and is shown.</summary>
internal sealed class TailOptionSet
{
    private readonly Option<uint?> _lines = new("--lines", "-n")
    {
        Description = "Start with the last N matching lines of each log; 0: only new lines.",
        HelpName = "N",
        CustomParser = OptionValues.Whole(0u, (uint)Limits.TailLastLines),
        DefaultValueFactory = _ => 10,
    };

    private readonly Option<TimeSpan?> _for = new("--for") { Description = "Stop after this time (30s, 10m).", HelpName = "TIME", CustomParser = result => OptionValues.Duration(result) };
    private readonly Option<long?> _most = new("--max-lines") { Description = "Stop after N lines.", HelpName = "N", CustomParser = OptionValues.Whole<long>() };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line (docs/json.md)." };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask for confirmation." };

    public TailOptionSet(Command command)
    {
        foreach (var option in (Option[])[_lines, _for, _most, _json, _yes])
            command.Options.Add(option);
    }

    /// <summary>Lines from before now.</summary>
    public uint LastLines(ParseResult parsed) => parsed.GetValue(_lines) ?? 0;

    /// <summary>How long it lasts; null: until it is ended.</summary>
    public TimeSpan? For(ParseResult parsed) => parsed.GetValue(_for) switch
    {
        { } time when time <= TimeSpan.Zero || time > Limits.RunTimeout => throw CommandFailure.Usage("--for is out of range", "give 1ms to 7d"),
        var time => time,
    };

    /// <summary>After how many lines it ends.</summary>
    public long MostLines(ParseResult parsed) => parsed.GetValue(_most) ?? long.MaxValue;

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    public bool AssumesYes(ParseResult parsed) => parsed.GetValue(_yes);
}
