using System.CommandLine;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Options;

/// <summary>How a command is told which hosts it is about.</summary>
internal sealed class TargetOptionSet
{
    private readonly Argument<string?> _expression = new("target")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Which hosts: names, globs, node sets (web[001-200]), labels and facts (role=web and cpus>=8). See docs/targets.md.",
    };

    private readonly Option<bool> _all = new("--all", "-a") { Description = "Every enrolled host." };
    private readonly Option<uint?> _limit = new("--limit") { Description = "At most N of the hosts, in natural order of their names.", HelpName = "N", CustomParser = OptionValues.Whole<uint>() };
    private readonly Option<uint?> _sample = new("--sample") { Description = "N of the hosts, drawn by chance.", HelpName = "N", CustomParser = OptionValues.Whole<uint>() };
    private readonly bool _required;

    /// <param name="command">Gets the options.</param>
    /// <param name="required">Whether no target at all is an error; otherwise it means all.</param>
    public TargetOptionSet(Command command, bool required)
    {
        _required = required;
        command.Arguments.Add(_expression);
        command.Options.Add(_all);
        command.Options.Add(_limit);
        command.Options.Add(_sample);
    }

    /// <summary>Whether every host was asked for by name of it.</summary>
    public bool IsAll(ParseResult parsed) => parsed.GetValue(_all);

    /// <summary>The selection asked for.</summary>
    public TargetSelection Read(ParseResult parsed) => Read(parsed, parsed.GetValue(_expression));

    /// <summary>The expression as it was given; null where there was none.</summary>
    public string? Expression(ParseResult parsed) => parsed.GetValue(_expression);

    /// <summary>The selection asked for, where the expression stood in another place.</summary>
    public TargetSelection Read(ParseResult parsed, string? expression)
    {
        var all = parsed.GetValue(_all);
        if (all && expression is not null)
            throw CommandFailure.Usage($"both --all and the target \"{expression}\" were given", "leave one of them out; to run words on all hosts put them after --");
        if (!all && string.IsNullOrWhiteSpace(expression) && _required)
            throw CommandFailure.Usage("no target was given", "name the hosts ('web[01-20]', role=web) or say --all");
        // Parsed here too: the mistake is shown before anything is sent.
        if (!all && !string.IsNullOrWhiteSpace(expression))
            Protocol.Targets.Target.Parse(expression);
        var selection = new TargetSelection { Expression = all || string.IsNullOrWhiteSpace(expression) ? "*" : expression };
        // Left out where it was not given: the controller refuses a 0, which to older ones means all.
        if (parsed.GetValue(_limit) is { } limit)
            selection.Limit = limit;
        if (parsed.GetValue(_sample) is { } sample)
            selection.Sample = sample;
        return selection;
    }
}
