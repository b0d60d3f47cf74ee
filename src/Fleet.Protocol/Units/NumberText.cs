using System.Globalization;

namespace Fleet.Protocol.Units;

/// <summary>Reads the plain decimal numbers that stand before a unit: digits, perhaps a point and more digits.</summary>
internal static class NumberText
{
    // As many as long.MaxValue has: no longer number can be in range, whatever its unit.
    private const int MostDigits = 19;

    /// <summary>Reads at <paramref name="position"/> and moves past the number; false leaves the position at the fault.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, ref int position, out decimal number)
    {
        var start = position;
        position = SkipDigits(text, position);
        if (position > start && position + 1 < text.Length && text[position] == '.' && char.IsAsciiDigit(text[position + 1]))
            position = SkipDigits(text, position + 1);

        if (position > start && position - start <= MostDigits)
            return decimal.TryParse(text[start..position], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

        position = start;
        number = 0;
        return false;
    }

    private static int SkipDigits(ReadOnlySpan<char> text, int position)
    {
        while (position < text.Length && char.IsAsciiDigit(text[position]))
            position++;
        return position;
    }
}
