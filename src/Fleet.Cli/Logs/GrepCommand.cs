using System.CommandLine;
using Fleet.Cli.Exec;
using Fleet.Cli.Options;
using Fleet.Cli.Output;
using Fleet.Cli.Spec;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>`fleet grep`: search the logs of many hosts at once; each searches its own.</summary>
internal static class GrepCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("grep", "Search logs on many hosts: fleet grep PATTERN TARGET [--file PATH] [--since 1h]. Without --file, search the journal.");
        var pattern = new Argument<string?>("pattern")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Regular expression to search for (linear time: no look-around, no back-references); NAME=PATTERN names it.",
        };
        command.Arguments.Add(pattern);
        var target = new TargetOptionSet(command, required: true);
        var matching = new LogMatchOptionSet(command);
        var sources = new LogSourceOptionSet(command);
        var window = new WindowOptionSet(command, context.Time);
        var form = new SearchFormOptionSet(command);
        var job = new JobOptionSet(command);
        var journey = new JobJourney(command, context);
        command.SetAction((parsed, cancellationToken) =>
        {
            var (first, selection) = Arguments(parsed, pattern, target, matching.HasPatterns(parsed));
            var search = new SearchLogs { Sources = { sources.Read(parsed) } };
            Fill(search, matching.Read(parsed, first));
            window.Read(parsed, search);
            var run = form.Read(parsed, search);
            SearchCheck.Check(search);
            if (!form.IsForPrograms(parsed))
                NoteNames(context.Screen, search);
            var renderer = form.Create(parsed, context.Screen, search);
            var spec = SpecBuilder.Build([new Step { SearchLogs = search }], run);
            var order = new JobOrder(selection, target.IsAll(parsed), spec, job.Read(parsed));
            return journey.RunAsync(parsed, order, renderer, form.IsForPrograms(parsed), cancellationToken);
        });
        return command;
    }

    /// <summary>With -e, or with filters alone, the one argument is the target; as grep(1) has it.</summary>
    private static (string? Pattern, TargetSelection Target) Arguments(ParseResult parsed, Argument<string?> pattern, TargetOptionSet target, bool hasPatterns)
    {
        var first = parsed.GetValue(pattern);
        var second = target.Expression(parsed);
        if (first is null && second is null && !hasPatterns && !target.IsAll(parsed))
            throw CommandFailure.Usage("no pattern was given", "fleet grep PATTERN TARGET, for example: fleet grep 'error|crit' 'web*' --since 1h");
        return second is null && !target.IsAll(parsed) && hasPatterns
            ? (null, target.Read(parsed, first))
            : (first, target.Read(parsed, second));
    }

    // Whoever looks for status=500 as with grep(1) would get all lines with 500. Of several patterns the names are shown.
    private static void NoteNames(Screen screen, SearchLogs search)
    {
        if (search.Patterns is [{ Name.Length: > 0 } pattern])
            screen.Note($"searching for \"{pattern.Text}\", named {pattern.Name}; to search for \"{pattern.Name}={pattern.Text}\" itself write {pattern.Name}\\={pattern.Text}, or -F");
    }

    private static void Fill(SearchLogs search, LogMatching matching)
    {
        if (matching.Patterns.Count > Limits.LogPatterns || matching.Exclude.Count > Limits.LogPatterns)
            throw CommandFailure.Usage($"{Math.Max(matching.Patterns.Count, matching.Exclude.Count)} patterns were given", $"at most {Limits.LogPatterns}");
        search.Patterns.AddRange(matching.Patterns);
        search.Exclude.AddRange(matching.Exclude);
        search.Invert = matching.Invert;
        search.JsonFields.AddRange(matching.JsonFields);
        search.Encoding = matching.Encoding;
    }
}
