using Fleet.Protocol.Units;

namespace Fleet.Protocol.Identifiers;

/// <summary>The form that agent, operator and token ids share: a letter, a dash and 16 random characters.</summary>
internal static class PrefixedId
{
    private const int RandomLength = 16;

    public static string New(string prefix) => prefix + Crockford.Random(RandomLength);

    public static bool IsValid(string? text, string prefix) =>
        text is not null && text.Length == prefix.Length + RandomLength
        && text.StartsWith(prefix, StringComparison.Ordinal) && Crockford.IsText(text.AsSpan(prefix.Length));

    public static FleetFormatException Refuse(string text, string prefix, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FleetFormatException(text, new ParseError(
            1, $"this is not {what}", $"it reads {prefix} and {RandomLength} digits or lower-case letters other than i, l, o, u"));
    }
}
