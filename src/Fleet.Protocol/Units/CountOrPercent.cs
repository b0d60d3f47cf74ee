using System.Globalization;

namespace Fleet.Protocol.Units;

/// <summary>A share of the targets: a plain number (<c>25</c>) or a percentage of them (<c>10%</c>, <c>0.5%</c>).</summary>
public readonly record struct CountOrPercent
{
    private const string Forms = "write a number of hosts (25) or a percentage (10%)";
    private const int HundredPercent = 10_000;

    // A count, or hundredths of a percent.
    private readonly int _value;

    private CountOrPercent(int value, bool isPercent)
    {
        _value = value;
        IsPercent = isPercent;
    }

    /// <summary>Whether <see cref="Resolve"/> depends on the total.</summary>
    public bool IsPercent { get; }

    /// <summary>Reads a number or a percentage.</summary>
    /// <exception cref="FleetFormatException">It is neither.</exception>
    public static CountOrPercent Parse(string text) =>
        TryParse(text, out var value, out var error) ? value : throw new FleetFormatException(text, error!);

    /// <summary>Reads a number or a percentage, or says why it cannot.</summary>
    public static bool TryParse(string text, out CountOrPercent value, out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = default;
        var position = 0;
        if (!NumberText.TryRead(text, ref position, out var number))
            return Refuse(position, "expected a number or a percentage", out error);

        var isPercent = position < text.Length && text[position] == '%';
        if (isPercent)
            position++;
        if (position < text.Length)
            return Refuse(position, $"unexpected '{text[position]}'", out error);
        if (isPercent && number > 100)
            return Refuse(0, "a percentage is at most 100%", out error);
        if (!isPercent && number > int.MaxValue)
            return Refuse(0, "the number is too large", out error);

        var scaled = isPercent ? number * 100 : number;
        if (scaled != decimal.Truncate(scaled))
            return Refuse(0, isPercent ? "a percentage has at most two decimals" : "hosts come whole", out error);

        value = new CountOrPercent((int)scaled, isPercent);
        error = null;
        return true;
    }

    /// <summary>How many of <paramref name="total"/> this is: never more than all of them.</summary>
    /// <remarks>A percentage rounds down, but one above zero is at least one host: 10% of 5 hosts must not stall a job.</remarks>
    public int Resolve(int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        if (!IsPercent || _value == 0 || total == 0)
            return IsPercent ? 0 : Math.Min(_value, total);
        return Math.Max(1, (int)((long)total * _value / HundredPercent));
    }

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public override string ToString() => IsPercent
        ? (_value / 100m).ToString("0.##", CultureInfo.InvariantCulture) + "%"
        : _value.ToString(CultureInfo.InvariantCulture);

    private static bool Refuse(int index, string message, out ParseError? error)
    {
        error = new ParseError(index + 1, message, Forms);
        return false;
    }
}
