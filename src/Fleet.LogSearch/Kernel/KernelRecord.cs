using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Fleet.LogSearch.Kernel;

/// <summary>A record of the kernel's ring buffer.</summary>
/// <param name="Priority">Syslog severity, 0 (emergency) to 7 (debug).</param>
/// <param name="Sequence">Its number since boot; a jump means that records were overwritten.</param>
/// <param name="SinceBoot">When, on the kernel's monotonic clock.</param>
/// <param name="Text">The message, without line end; control characters are escaped by the kernel.</param>
/// <remarks>The form is that of the kernel's Documentation/ABI/testing/dev-kmsg.</remarks>
internal readonly record struct KernelRecord(int Priority, ulong Sequence, TimeSpan SinceBoot, byte[] Text)
{
    private static readonly string[] s_names = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

    /// <summary>Reads what one read of the device gave: <c>priority,sequence,microseconds,flags;text</c>, then lines of properties.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out KernelRecord record)
    {
        record = default;
        int semicolon = bytes.IndexOf((byte)';');
        if (semicolon < 0
            || !Utf8Parser.TryParse(bytes, out uint prefix, out int used) || used >= semicolon || bytes[used] != ','
            || !Utf8Parser.TryParse(bytes[++used..], out ulong sequence, out int second) || (used += second) >= semicolon || bytes[used] != ','
            || !Utf8Parser.TryParse(bytes[++used..], out long microseconds, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> text = bytes[(semicolon + 1)..];
        int end = text.IndexOf((byte)'\n');
        record = new KernelRecord((int)(prefix & 7), sequence, TimeSpan.FromMicroseconds(microseconds), (end < 0 ? text : text[..end]).ToArray());
        return true;
    }

    /// <summary>Writes it as a line: time, priority, text.</summary>
    public void WriteLine(Stream to, DateTimeOffset boot)
    {
        string head = (boot + SinceBoot).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture) + " kernel " + s_names[Priority] + ": ";
        to.Write(Encoding.ASCII.GetBytes(head));
        to.Write(Text);
        to.WriteByte((byte)'\n');
    }
}
