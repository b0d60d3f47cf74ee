using System.Globalization;

namespace Fleet.Protocol.Units;

/// <summary>A number of bytes, written <c>512B</c>, <c>64KiB</c> (1024) or <c>10MB</c> (1000).</summary>
/// <param name="Bytes">The size in bytes, never negative when parsed.</param>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    private const string Forms = "write a number and a unit: 512B, 64KiB, 10MB or 1GiB";

    // Binary units first: where both fit a size equally well, the canonical text uses the binary one.
    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("PiB", 1L << 50), ("TiB", 1L << 40), ("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10),
        ("PB", 1_000_000_000_000_000), ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
        ("B", 1),
    ];

    /// <summary>Reads a size.</summary>
    /// <exception cref="FleetFormatException">The text is not a size; the error names the accepted forms.</exception>
    public static ByteSize Parse(string text) =>
        TryParse(text, out var value, out var error) ? value : throw new FleetFormatException(text, error!);

    /// <summary>Reads a size, or says why it cannot. The unit's case does not matter.</summary>
    public static bool TryParse(string text, out ByteSize value, out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = default;
        var position = 0;
        if (!NumberText.TryRead(text, ref position, out var number))
        {
            error = new ParseError(position + 1, "expected a size", Forms);
            return false;
        }

        var unit = text[position..].Trim();
        if (unit.Length == 0)
        {
            error = new ParseError(position + 1, $"'{text.Trim()}' has no unit", $"add a unit: {text.Trim()}B, {text.Trim()}KiB or {text.Trim()}MiB");
            return false;
        }

        if (!TryGetUnit(unit, out var factor))
        {
            error = new ParseError(position + 1, $"'{unit}' is not a unit of size", Forms);
            return false;
        }

        // Divided, not multiplied: the product of the largest numbers overflows even a decimal.
        if (number > long.MaxValue / (decimal)factor)
        {
            error = new ParseError(1, "the size is too large", "at most 8191PiB");
            return false;
        }

        var bytes = number * factor;
        var isWhole = bytes == decimal.Truncate(bytes);
        error = isWhole ? null : new ParseError(1, "the size is not a whole number of bytes", Forms);
        value = isWhole ? new ByteSize((long)bytes) : default;
        return isWhole;
    }

    /// <inheritdoc/>
    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>The size in the unit that gives the smallest whole number; <see cref="Parse"/> reads it back exactly.</summary>
    public override string ToString()
    {
        var best = (Unit: "B", Count: Bytes);
        foreach (var (unit, bytes) in s_units)
        {
            if (Bytes % bytes == 0 && Math.Abs(Bytes / bytes) < Math.Abs(best.Count))
                best = (unit, Bytes / bytes);
        }

        return best.Count.ToString(CultureInfo.InvariantCulture) + best.Unit;
    }

    /// <summary>Finds the bytes of a unit by its name, whatever its case.</summary>
    internal static bool TryGetUnit(ReadOnlySpan<char> unit, out long bytes)
    {
        foreach (var (name, factor) in s_units)
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                bytes = factor;
                return true;
            }
        }

        bytes = 0;
        return false;
    }

    /// <summary>Compares sizes.</summary>
    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    /// <summary>Compares sizes.</summary>
    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    /// <summary>Compares sizes.</summary>
    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    /// <summary>Compares sizes.</summary>
    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;
}
