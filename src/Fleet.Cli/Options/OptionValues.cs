using System.CommandLine.Parsing;
using Fleet.Protocol.Units;

namespace Fleet.Cli.Options;

/// <summary>Parsers of option values that say what was expected.</summary>
internal static class OptionValues
{
    public static TimeSpan Duration(ArgumentResult result) =>
        Read<TimeSpan>(result, text => DurationText.TryParse(text, out var value, out var error) ? (value, null) : (default, error));

    public static long Size(ArgumentResult result) =>
        Read<long>(result, text => ByteSize.TryParse(text, out var value, out var error) ? (value.Bytes, null) : (default, error));

    /// <summary>Checks a count or share and passes it on as text.</summary>
    public static string CountOrShare(ArgumentResult result) =>
        Read<string>(result, text => CountOrPercent.TryParse(text, out var value, out var error) ? (value.ToString(), null) : ("", error));

    public static uint Umask(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length is > 0 and <= 4 && text.All(c => c is >= '0' and <= '7') && Convert.ToUInt32(text, 8) is <= 511 and var mask)
            return mask;
        result.AddError($"\"{text}\" is not a umask: give it in octal, for example 027");
        return 0;
    }

    public static KeyValuePair<string, string>[] Assignments(ArgumentResult result)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var token in result.Tokens)
        {
            var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                result.AddError($"\"{token.Value}\" is not an assignment: write NAME=VALUE");
                return [];
            }

            pairs.Add(new(token.Value[..equals], token.Value[(equals + 1)..]));
        }

        return [.. pairs];
    }

    private static T Read<T>(ArgumentResult result, Func<string, (T Value, Protocol.Units.ParseError? Error)> parse)
    {
        var text = result.Tokens[0].Value;
        var (value, error) = parse(text);
        if (error is not null)
            result.AddError($"this value cannot be read:\n{error.Render(text)}");
        return value;
    }
}
