using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>A number, perhaps with a unit of size: <c>8</c>, <c>-3</c>, <c>1.5</c>, <c>8GiB</c>.</summary>
/// <param name="Number">The value, in bytes where there is a unit.</param>
/// <param name="HasUnit">Whether there is a unit.</param>
internal readonly record struct Amount(decimal Number, bool HasUnit)
{
    public bool IsNegative => Number < 0;

    public static bool TryParse(ReadOnlySpan<char> text, out Amount amount)
    {
        amount = default;
        var isNegative = text.StartsWith("-");
        var position = isNegative ? 1 : 0;
        if (!NumberText.TryRead(text, ref position, out var number))
            return false;

        long factor = 1;
        var unit = text[position..].TrimStart(' ');
        if (!unit.IsEmpty && !ByteSize.TryGetUnit(unit, out factor))
            return false;
        if (number > long.MaxValue / (decimal)factor)
            return false;

        amount = new Amount(isNegative ? -number * factor : number * factor, !unit.IsEmpty);
        return true;
    }
}
