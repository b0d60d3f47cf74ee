using System.CommandLine;
using Fleet.LogSearch.Matching;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>Which lines are meant.</summary>
internal sealed class LogMatchOptionSet
{
    private readonly Option<string[]> _patterns = new("--regexp", "-e") { Description = "Another pattern, NAME=PATTERN or PATTERN; may be repeated.", HelpName = "PATTERN" };
    private readonly Option<bool> _fixed = new("--fixed-strings", "-F") { Description = "Treat patterns as fixed strings, without names." };
    private readonly Option<bool> _ignoreCase = new("--ignore-case", "-i") { Description = "Ignore case." };
    private readonly Option<bool> _word = new("--word-regexp", "-w") { Description = "Match only whole words." };
    private readonly Option<bool> _invert = new("--invert-match", "-v") { Description = "Select lines that match no pattern." };
    private readonly Option<string[]> _not = new("--not") { Description = "Exclude lines that match this pattern; may be repeated.", HelpName = "PATTERN" };
    private readonly Option<string[]> _json = new("--json-field") { Description = "Only lines that are JSON objects with this field (level=error, http.status>=500); may be repeated.", HelpName = "FIELD=VALUE" };
    private readonly Option<string?> _encoding = new("--encoding") { Description = "Encoding of the lines: utf-8 (default) or latin1.", HelpName = "NAME" };

    public LogMatchOptionSet(Command command)
    {
        foreach (var option in (Option[])[_patterns, _fixed, _ignoreCase, _word, _invert, _not, _json, _encoding])
            command.Options.Add(option);
    }

    /// <summary>Whether patterns were given by option, so that no argument is one.</summary>
    public bool HasPatterns(ParseResult parsed) => parsed.GetValue(_patterns) is { Length: > 0 };

    /// <summary>The lines asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="first">The pattern that stood as an argument; null where there is none.</param>
    public LogMatching Read(ParseResult parsed, string? first)
    {
        var texts = (parsed.GetValue(_patterns) ?? []).ToList();
        if (first is not null)
            texts.Insert(0, first);
        var matching = new LogMatching(
            texts.ConvertAll(text => Pattern(parsed, Named(parsed, text))),
            // Nobody asks for the name of what is left out: "user=probe" stands for itself.
            [.. (parsed.GetValue(_not) ?? []).Select(text => Pattern(parsed, new LogPattern(text, text)))],
            parsed.GetValue(_invert),
            [.. parsed.GetValue(_json) ?? []],
            Encoding(parsed.GetValue(_encoding)));
        foreach (var field in matching.JsonFields)
            FieldFilter.Parse(field);
        return matching;
    }

    // A fixed string stands for itself, all of it.
    private LogPattern Named(ParseResult parsed, string text) => parsed.GetValue(_fixed) ? new LogPattern(text, text) : LogPattern.Parse(text);

    private V1.LogPattern Pattern(ParseResult parsed, LogPattern named) => new()
    {
        Name = named.Name == named.Text ? "" : named.Name,
        Text = named.Text,
        Fixed = parsed.GetValue(_fixed),
        IgnoreCase = parsed.GetValue(_ignoreCase),
        WholeWord = parsed.GetValue(_word),
    };

    private static V1.LogEncoding Encoding(string? name) => name?.ToLowerInvariant() switch
    {
        null or "utf-8" or "utf8" => V1.LogEncoding.Utf8,
        "latin1" or "latin-1" or "iso-8859-1" => V1.LogEncoding.Latin1,
        _ => throw CommandFailure.Usage($"--encoding \"{name}\" is not supported", "use utf-8 or latin1"),
    };
}

/// <summary>Which lines are meant.</summary>
internal sealed record LogMatching(
    IReadOnlyList<V1.LogPattern> Patterns, IReadOnlyList<V1.LogPattern> Exclude, bool Invert, IReadOnlyList<string> JsonFields, V1.LogEncoding Encoding);
