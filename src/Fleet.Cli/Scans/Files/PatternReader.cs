using Fleet.Cli.Logs;
using Fleet.LogSearch;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads patterns, and tries each as the agent will.</summary>
internal sealed class PatternReader(ScanFaults faults)
{
    public static readonly KeyValuePair<string, V1.Severity>[] Severities =
    [
        new("info", V1.Severity.Info), new("warning", V1.Severity.Warning), new("error", V1.Severity.Error), new("critical", V1.Severity.Critical),
    ];

    private static readonly string[] s_keys = ["name", "regex", "text", "ignore_case", "whole_word"];
    private static readonly string[] s_scanKeys = [.. s_keys, "severity"];

    /// <summary>A pattern of a scan: with a severity, which is warning where none is given.</summary>
    public V1.ScanPattern? ReadScanPattern(YamlNode node)
    {
        var severity = V1.Severity.Warning;
        var pattern = node is YamlMap map ? Read(new MapReader(map, "a pattern", s_scanKeys, faults), out severity) : ReadPlain(node, static text => LogPattern.Parse(text));
        return pattern is null ? null : new V1.ScanPattern { Pattern = pattern, Severity = severity };
    }

    /// <summary>A pattern without a severity: what is left out, or how a record starts. Nobody asks for its name: "user=probe" stands for itself.</summary>
    public V1.LogPattern? Read(YamlNode node) => node is YamlMap map
        ? Read(new MapReader(map, "a pattern", s_keys, faults), out _)
        : ReadPlain(node, static text => new LogPattern(text, text));

    /// <summary>As on the command line: a regular expression.</summary>
    private V1.LogPattern? ReadPlain(YamlNode node, Func<string, LogPattern> read)
    {
        if (node is not YamlScalar { IsEmpty: false } text)
        {
            faults.Add(node.At, "a pattern is missing here", "write - regex: 'PATTERN', - text: 'WORDS', or - NAME=PATTERN");
            return null;
        }

        var named = read(text.Text);
        var pattern = new V1.LogPattern { Name = named.Name == named.Text ? "" : named.Name, Text = named.Text };
        return Try(pattern, text, text.Text.Length - named.Text.Length);
    }

    private V1.LogPattern? Read(MapReader map, out V1.Severity severity)
    {
        severity = map.Word("severity", Severities, V1.Severity.Warning);
        var (regex, text) = (map.Text("regex"), map.Text("text"));
        var pattern = new V1.LogPattern
        {
            Name = map.Text("name")?.Text ?? "",
            Fixed = text is not null,
            IgnoreCase = map.Flag("ignore_case"),
            WholeWord = map.Flag("whole_word"),
        };
        if (map.Has("regex") == map.Has("text"))
        {
            faults.Add(map.At, map.Has("regex") ? "a pattern has both \"regex\" and \"text\"" : "a pattern needs \"regex\" or \"text\"",
                "regex: is a regular expression, text: is a fixed string");
            return null;
        }

        if ((regex ?? text) is not { } what)
            return null;
        pattern.Text = what.Text;
        return Try(pattern, what, 0);
    }

    private V1.LogPattern? Try(V1.LogPattern pattern, YamlScalar text, int offset)
    {
        if (pattern.Text.Length > Protocol.Limits.LogPatternCharacters)
        {
            faults.Add(text.At, $"the pattern is too long ({pattern.Text.Length} characters)", $"at most {Protocol.Limits.LogPatternCharacters}; split it into several");
            return null;
        }

        try
        {
            LogSearcher.Check(new LogQuery { Patterns = [Of(pattern)] });
            return pattern;
        }
        catch (LogQueryException e)
        {
            if (PatternFault.Of(e, pattern.Text, "write text: instead of regex:", "under not:") is { } fault)
                faults.Add(text.PlaceOf(offset + fault.Offset), fault.What, fault.Hint);
            else
                faults.Add(text.At, e.Message);
        }

        return null;
    }

    /// <summary>The pattern as the search library has it.</summary>
    public static LogPattern Of(V1.LogPattern pattern) => new(
        pattern.Name.Length > 0 ? pattern.Name : pattern.Text,
        pattern.Text,
        pattern.Fixed ? PatternKind.Fixed : PatternKind.Regex,
        (pattern.IgnoreCase ? PatternOptions.IgnoreCase : PatternOptions.None) | (pattern.WholeWord ? PatternOptions.WholeWord : PatternOptions.None));
}
