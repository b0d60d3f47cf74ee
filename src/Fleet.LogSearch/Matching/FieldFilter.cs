using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fleet.LogSearch.Matching;

/// <summary>How a field is compared.</summary>
public enum FieldComparison
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;=</c>, as numbers.</summary>
    AtMost,

    /// <summary><c>&gt;=</c>, as numbers.</summary>
    AtLeast,

    /// <summary><c>~</c>, a regular expression.</summary>
    Matches,
}

/// <summary>A condition on a named field: <c>level=error</c>, <c>status&gt;=500</c>, <c>http.path~^/api</c>.</summary>
public sealed class FieldFilter
{
    private static readonly string[] s_severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    // Owns buffers: one thread at a time.
    private readonly PatternSet? _expression;
    private readonly double _number;

    private FieldFilter(string field, FieldComparison comparison, string value, PatternSet? expression, double number)
    {
        Field = field;
        Comparison = comparison;
        Value = value;
        _expression = expression;
        _number = number;
    }

    /// <summary>The field; dots lead into nested objects.</summary>
    public string Field { get; }

    /// <summary>How it is compared.</summary>
    public FieldComparison Comparison { get; }

    /// <summary>With what.</summary>
    public string Value { get; }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="LogQueryException">It has no operator, or its value does not fit the operator.</exception>
    public static FieldFilter Parse(string text)
    {
        int at = text.AsSpan().IndexOfAny("=!<>~");
        (FieldComparison comparison, int length) = at <= 0 ? (default, 0) : text.AsSpan(at) switch
        {
            ['!', '=', ..] => (FieldComparison.NotEqual, 2),
            ['<', '=', ..] => (FieldComparison.AtMost, 2),
            ['>', '=', ..] => (FieldComparison.AtLeast, 2),
            ['=', ..] => (FieldComparison.Equal, 1),
            ['~', ..] => (FieldComparison.Matches, 1),
            _ => (default, 0),
        };
        if (length == 0)
        {
            throw new LogQueryException($"field filter '{text}' has no comparison: write field=value, field!=value, field<=number, field>=number or field~expression");
        }

        string value = text[(at + length)..];
        double number = 0;
        value = comparison is FieldComparison.AtMost or FieldComparison.AtLeast ? Severity(value) : value;
        if (comparison is FieldComparison.AtMost or FieldComparison.AtLeast
            && !double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
        {
            throw new LogQueryException($"field filter '{text}' compares with '{value}', which is not a number");
        }

        return new FieldFilter(text[..at], comparison, value, comparison == FieldComparison.Matches ? Expression(text, value) : null, number);
    }

    /// <summary>Whether a field's value satisfies the condition.</summary>
    public bool Accepts(string value) => Comparison switch
    {
        FieldComparison.Equal => value == Value,
        FieldComparison.NotEqual => value != Value,
        FieldComparison.Matches => Matches(value),
        _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && (Comparison == FieldComparison.AtMost ? number <= _number : number >= _number),
    };

    /// <summary>Whether a line is a JSON object whose field satisfies the condition; text before the first brace is passed over.</summary>
    /// <remarks>A field that is not there satisfies only <c>!=</c>.</remarks>
    public bool AcceptsJson(ReadOnlySpan<byte> line)
    {
        int brace = line.IndexOf((byte)'{');
        if (brace < 0)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line[brace..], isFinalBlock: true, default);
            reader.Read();
            return Find(ref reader, Field, out string value) ? Accepts(value) : Comparison == FieldComparison.NotEqual;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // A string that is not valid UTF-8.
            return false;
        }
    }

    /// <summary>The number of a syslog severity's name, by which severities are compared; any other text as it is.</summary>
    internal static string Severity(string value) =>
        Array.IndexOf(s_severities, value) is var number and >= 0 ? number.ToString(CultureInfo.InvariantCulture) : value;

    private static bool Find(ref Utf8JsonReader reader, string path, out string value)
    {
        value = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // A field's own name may hold dots ("service.name"), so the whole path is tried before its first part.
            int dot = path.IndexOf('.', StringComparison.Ordinal);
            bool whole = reader.ValueTextEquals(path);
            bool part = !whole && dot > 0 && reader.ValueTextEquals(path.AsSpan(0, dot));
            reader.Read();
            if (whole)
            {
                value = reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.StartObject or JsonTokenType.StartArray => "",
                    _ => Encoding.UTF8.GetString(reader.ValueSpan),
                };
                return true;
            }

            if (part && reader.TokenType == JsonTokenType.StartObject)
            {
                if (Find(ref reader, path[(dot + 1)..], out value))
                {
                    return true;
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return false;
    }

    private bool Matches(string value)
    {
        if (_expression is null)
        {
            return true;
        }

        lock (_expression)
        {
            return _expression.Match(Encoding.UTF8.GetBytes(value)) != 0;
        }
    }

    // Nothing at all is in every text.
    private static PatternSet? Expression(string text, string value)
    {
        if (value.Length == 0)
        {
            return null;
        }

        try
        {
            return PatternSet.Create([new LogPattern(value, value)], LogEncoding.Utf8);
        }
        catch (LogQueryException fault)
        {
            throw new LogQueryException($"field filter '{text}' has no usable expression: {fault.Message}", fault);
        }
    }
}
