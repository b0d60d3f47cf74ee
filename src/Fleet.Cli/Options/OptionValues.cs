using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
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

    /// <summary>Checks a count or share of at least one host and passes it on as text.</summary>
    public static string CountOrShareOfHosts(ArgumentResult result)
    {
        var text = CountOrShare(result);
        if (!result.Errors.Any() && CountOrPercent.TryParse(text, out var value, out _) && value.Resolve(int.MaxValue) < 1)
            result.AddError($"{NameOf(result)} \"{text}\" is not allowed: give at least 1 host, or a percentage above 0%");
        return text;
    }

    /// <summary>A parser of whole numbers within bounds. Its least is 1, since 0 is what an empty variable of a script becomes.</summary>
    public static Func<ArgumentResult, T?> Whole<T>(T least, T most)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => result =>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        result.AddError($"{NameOf(result)} \"{text}\" is not allowed: give a whole number{(most == T.MaxValue ? $", at least {least}" : $" from {least} to {most}")}");
        return null;
    };

    /// <summary>A parser of whole numbers from 1 on.</summary>
    public static Func<ArgumentResult, T?> Whole<T>()
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> => Whole(T.One, T.MaxValue);

    /// <summary>A rate per second: a number above 0.</summary>
    public static double? Rate(ArgumentResult result)
    {
        const double Highest = 100_000;
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= Highest)
            return value;
        result.AddError($"{NameOf(result)} \"{text}\" is not allowed: give hosts per second, above 0 and at most {Highest}, for example 10 or 0.5; omit it for no limit");
        return null;
    }

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

    private static string NameOf(ArgumentResult result) => result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;

    private static T Read<T>(ArgumentResult result, Func<string, (T Value, Protocol.Units.ParseError? Error)> parse)
    {
        var text = result.Tokens[0].Value;
        var (value, error) = parse(text);
        if (error is not null)
            result.AddError($"invalid value:\n{error.Render(text)}");
        return value;
    }
}
