using System.Globalization;

namespace Fleet.LogSearch.Scans;

/// <summary>How far the kernel's ring buffer has been read.</summary>
/// <param name="BootId">The boot: the kernel counts anew with each.</param>
/// <param name="Sequence">The number of the last record read; -1: none.</param>
/// <param name="TakenAt">When that was.</param>
public sealed record KernelMark(string BootId, long Sequence, DateTimeOffset TakenAt) : LogMark
{
    private const string Form = "kernel 1";

    /// <inheritdoc/>
    public override string Write() => string.Create(CultureInfo.InvariantCulture, $"{Form} {BootId} {Sequence} {TakenAt.UtcTicks}");

    /// <summary>Reads one back.</summary>
    /// <exception cref="InvalidDataException">The text is no such mark.</exception>
    public static KernelMark Parse(string text)
    {
        string[] words = text.StartsWith(Form + " ", StringComparison.Ordinal) ? text[(Form.Length + 1)..].Split(' ') : [];
        return words.Length == 3
            && long.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long sequence)
            && long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) && ticks <= DateTime.MaxValue.Ticks
            ? new KernelMark(words[0], sequence, new DateTimeOffset(ticks, TimeSpan.Zero))
            : throw new InvalidDataException("not a mark of the kernel's ring buffer");
    }
}
