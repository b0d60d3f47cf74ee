using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>An agent's labels, written <c>role=web,dc=fra</c>; values with commas, spaces or quotes go in double quotes.</summary>
public sealed class Labels : IEquatable<Labels>
{
    private readonly SortedDictionary<LabelKey, string> _values;

    private Labels(SortedDictionary<LabelKey, string> values) => _values = values;

    /// <summary>No labels; the text is empty.</summary>
    public static Labels Empty { get; } = new([]);

    /// <summary>The labels in the order of their keys.</summary>
    public IReadOnlyDictionary<LabelKey, string> Values => _values;

    /// <summary>Collects labels; the last value of a key wins.</summary>
    /// <exception cref="FleetFormatException">A value is too long or holds control characters.</exception>
    public static Labels Of(IEnumerable<KeyValuePair<LabelKey, string>> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var values = new SortedDictionary<LabelKey, string>();
        foreach (var (key, value) in labels)
        {
            if (LabelKey.CheckValue(value) is { } error)
                throw new FleetFormatException(value, error);
            values[key] = value;
        }

        return new Labels(values);
    }

    /// <summary>Reads a list of labels; an empty text is no labels.</summary>
    /// <exception cref="FleetFormatException">The text has another form, or names a key twice.</exception>
    public static Labels Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = new SortedDictionary<LabelKey, string>();
        var position = 0;
        while (position < text.Length || values.Count > 0)
        {
            var start = position;
            var key = ReadKey(text, ref position);
            var value = ReadValue(text, ref position);
            if (!values.TryAdd(key, value))
                throw Fail(text, start, $"the key '{key}' is given twice", "keep one of them");
            if (position == text.Length)
                break;
            position++;
        }

        return new Labels(values);
    }

    /// <summary>Reads a list of labels, or says why it cannot.</summary>
    public static bool TryParse(string text, out Labels labels, out ParseError? error)
    {
        try
        {
            labels = Parse(text);
            error = null;
            return true;
        }
        catch (FleetFormatException e)
        {
            labels = Empty;
            error = e.Error;
            return false;
        }
    }

    /// <summary>Looks a label up.</summary>
    public bool TryGet(LabelKey key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <summary>The text that <see cref="Parse"/> reads back, in the order of the keys.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (key, value) in _values)
            text.Append(text.Length == 0 ? "" : ",").Append(key).Append('=').Append(Write(value));
        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(Labels? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static LabelKey ReadKey(string text, ref int position)
    {
        var start = position;
        var equals = text.AsSpan(start).IndexOfAny('=', ',');
        if (equals < 0 || text[start + equals] == ',')
            throw Fail(text, equals < 0 ? text.Length : start + equals, "expected '=' and a value", "write key=value,key2=value2");

        position = start + equals + 1;
        return LabelKey.TryParse(text.Substring(start, equals), out var key, out var error)
            ? key
            : throw new FleetFormatException(text, error! with { Column = error.Column + start });
    }

    private static string ReadValue(string text, ref int position)
    {
        var start = position;
        string value;
        if (position < text.Length && QuotedText.IsQuote(text[position]))
        {
            value = QuotedText.Read(text, ref position);
            if (position < text.Length && text[position] != ',')
                throw Fail(text, position, "expected ',' or the end", "");
        }
        else
        {
            var comma = text.IndexOf(',', position);
            position = comma < 0 ? text.Length : comma;
            value = text[start..position];
        }

        return LabelKey.CheckValue(value) is { } error
            ? throw Fail(text, start + error.Column - 1, error.Message, error.Hint)
            : value;
    }

    private static string Write(string value) =>
        value.AsSpan().ContainsAny(',', '"', '\'') ? QuotedText.Quote(value) : value;

    private static FleetFormatException Fail(string text, int index, string message, string hint) =>
        new(text, new ParseError(Math.Min(index, text.Length) + 1, message, hint));
}
