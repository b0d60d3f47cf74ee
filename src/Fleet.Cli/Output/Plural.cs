using System.Globalization;

namespace Fleet.Cli.Output;

/// <summary>Numbers with their nouns: "1 host", "2 hosts".</summary>
internal static class Plural
{
    public static string Of(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
