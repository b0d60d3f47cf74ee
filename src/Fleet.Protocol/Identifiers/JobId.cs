using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>Names a job: the second it was made, in UTC, and four random characters: <c>20261121-010203-7k3m</c>.</summary>
/// <remarks>
/// Ids sort by time. 20 random bits a second leave repeats possible: whoever stores a new job retries with another id.
/// It becomes a file name and a log field: nothing else is accepted.
/// </remarks>
public readonly record struct JobId : IComparable<JobId>
{
    private const string TimeFormat = "yyyyMMdd-HHmmss";
    private const int RandomLength = 4;
    private readonly string? _text;

    private JobId(string text) => _text = text;

    /// <summary>The second in which the job was made, UTC.</summary>
    public DateTimeOffset CreatedAt => _text is not null && TryReadTime(_text, out var time) ? time : default;

    /// <summary>A new id for a job made at <paramref name="now"/>.</summary>
    public static JobId New(DateTimeOffset now) => New(now, Crockford.Random(RandomLength));

    /// <summary>A new id from a seeded source, for tests and simulations.</summary>
    public static JobId New(DateTimeOffset now, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return New(now, Crockford.Random(RandomLength, random));
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FleetFormatException">The text has another form.</exception>
    public static JobId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var id) ? id : throw new FleetFormatException(text, new ParseError(
            1, "this is not a job id", "it reads like 20261121-010203-7k3m; 'fleet jobs list' shows them"));
    }

    /// <summary>Reads an id; false where the text has another form.</summary>
    public static bool TryParse(string? text, out JobId id)
    {
        var isValid = text is not null && text.Length == TimeFormat.Length + 1 + RandomLength
            && text[TimeFormat.Length] == '-' && TryReadTime(text, out _) && Crockford.IsText(text.AsSpan(TimeFormat.Length + 1));
        id = isValid ? new JobId(text!) : default;
        return isValid;
    }

    /// <inheritdoc/>
    public int CompareTo(JobId other) => string.CompareOrdinal(_text, other._text);

    /// <summary>The text that was parsed; empty for the default value.</summary>
    public override string ToString() => _text ?? "";

    private static JobId New(DateTimeOffset now, string random) =>
        new(now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture) + "-" + random);

    private static bool TryReadTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text.AsSpan(0, TimeFormat.Length), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    /// <summary>Orders by text.</summary>
    public static bool operator <(JobId left, JobId right) => left.CompareTo(right) < 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >(JobId left, JobId right) => left.CompareTo(right) > 0;

    /// <summary>Orders by text.</summary>
    public static bool operator <=(JobId left, JobId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by text.</summary>
    public static bool operator >=(JobId left, JobId right) => left.CompareTo(right) >= 0;
}
