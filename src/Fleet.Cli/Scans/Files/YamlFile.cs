using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads YAML into values with their places. By its parser's events alone: no reflection, so it is there under AOT.</summary>
internal sealed class YamlFile
{
    private const int Deepest = 32;

    private readonly string _name;
    private readonly string[] _lines;
    private readonly ScanFaults _faults;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlFile(string name, string text, ScanFaults faults)
    {
        _name = name;
        _lines = text.Split('\n');
        _faults = faults;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The documents of a file; a fault and what came before it where the file is no YAML.</summary>
    public static IReadOnlyList<YamlNode> Read(string name, string text, ScanFaults faults)
    {
        var documents = new List<YamlNode>();
        var file = new YamlFile(name, text, faults);
        try
        {
            while (file.Next())
            {
                if (file._parser.Current is not DocumentStart)
                    continue;
                file.Next();
                file._anchors.Clear();
                documents.Add(file.Node(0));
            }
        }
        catch (YamlException e)
        {
            file.Refuse(e);
        }

        return documents;
    }

    private bool Next()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is not YamlException)
        {
            // Its scanner throws other things at some malformed files: InvalidOperationException within a plain text, for one.
            var at = _parser.Current?.End ?? Mark.Empty;
            throw new YamlException(at, at, "what follows cannot be read", e);
        }
    }

    private void Refuse(YamlException e)
    {
        // The parser names the place where it noticed; a tab is told better by where it stands.
        var tab = Array.FindIndex(_lines, line => line.AsSpan(0, line.Length - line.AsSpan().TrimStart().Length).Contains('\t'));
        if (tab >= 0 && e.Message.Contains("tab", StringComparison.Ordinal))
            _faults.Add(new YamlPlace(_name, tab + 1, _lines[tab].IndexOf('\t', StringComparison.Ordinal) + 1), "invalid YAML: a tab in the indentation", "indent with spaces");
        else
            _faults.Add(PlaceOf(e.End), $"invalid YAML: {Words(e)}", "check the indentation, and put texts that contain : # { [ * & or quotes in single quotes");
    }

    private YamlNode Node(int depth)
    {
        var current = _parser.Current!;
        var at = PlaceOf(current.Start);
        if (depth > Deepest)
            throw new YamlException(current.Start, current.End, $"it is nested more than {Deepest} deep");
        switch (current)
        {
            case Scalar scalar:
                var isQuoted = scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted;
                return Remember(scalar, new YamlScalar(at, scalar.Value, isQuoted, at.Line <= _lines.Length ? _lines[at.Line - 1] : ""));
            case SequenceStart start:
                var items = new List<YamlNode>();
                while (Next() && _parser.Current is not SequenceEnd)
                    items.Add(Node(depth + 1));
                return Remember(start, new YamlList(at, items));
            case MappingStart start:
                return Remember(start, new YamlMap(at, Entries(depth)));
            case AnchorAlias alias:
                return _anchors.TryGetValue(alias.Value.Value, out var known)
                    ? known
                    : throw new YamlException(alias.Start, alias.End, $"*{alias.Value.Value} is undefined: no &{alias.Value.Value} comes before it");
            default:
                throw new YamlException(current.Start, current.End, $"{current.GetType().Name} is not allowed here");
        }
    }

    private List<KeyValuePair<YamlScalar, YamlNode>> Entries(int depth)
    {
        var entries = new List<KeyValuePair<YamlScalar, YamlNode>>();
        while (Next() && _parser.Current is not MappingEnd)
        {
            var key = Node(depth + 1);
            Next();
            var value = Node(depth + 1);
            if (key is YamlScalar name)
                entries.Add(new(name, value));
            else
                _faults.Add(key.At, "a key must be a word", "write key: value");
        }

        return entries;
    }

    private YamlNode Remember(NodeEvent node, YamlNode value)
    {
        if (!node.Anchor.IsEmpty)
            _anchors[node.Anchor.Value] = value;
        return value;
    }

    // What is missing at the end of a file is placed behind its last character.
    private YamlPlace PlaceOf(Mark mark) => mark.Line > _lines.Length
        ? new YamlPlace(_name, _lines.Length, _lines[^1].Length + 1)
        : new YamlPlace(_name, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    // The parser begins some of its sentences with the place, which is said already.
    private static string Words(YamlException e)
    {
        var text = e.Message.ReplaceLineEndings(" ").TrimEnd('.');
        var place = text.StartsWith("(Line", StringComparison.Ordinal) ? text.IndexOf("): ", StringComparison.Ordinal) : -1;
        text = place > 0 && text.LastIndexOf("): ", StringComparison.Ordinal) is var last ? text[(last + 3)..] : text;
        return text.Length > 0 ? char.ToLowerInvariant(text[0]) + text[1..] : "it ends too early";
    }
}
