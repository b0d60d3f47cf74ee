using System.Globalization;

namespace Fleet.Protocol.NodeSets;

/// <summary>Numbers that follow one another, written with one padding.</summary>
/// <param name="First">The smallest.</param>
/// <param name="Last">The largest.</param>
/// <param name="Width">The padded width of <paramref name="First"/>, or 0 where it has no leading zero.</param>
internal readonly record struct NumberRange(long First, long Last, int Width)
{
    public bool IsSingle => First == Last;

    public string Write(long value) => value.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(1, Width), '0');

    /// <summary>Whether <paramref name="other"/>'s number, written with this padding, stays the same text.</summary>
    public bool WritesLike(NumberRange other) =>
        other.Width == Width || (other.Width == 0 && other.First >= Power(Width - 1));

    public static long Power(int exponent)
    {
        long power = 1;
        for (var i = 0; i < exponent; i++)
            power *= 10;
        return exponent < 0 ? long.MaxValue : power;
    }
}
