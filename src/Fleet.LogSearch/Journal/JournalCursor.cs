using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fleet.LogSearch.Journal;

/// <summary>The place of an entry as text, the same that journalctl prints and takes: sd_journal_get_cursor(3).</summary>
internal static class JournalCursor
{
    public static string Of(JournalFile file, long entry)
    {
        ReadOnlySpan<byte> head = file.At(entry, 64);
        StringBuilder text = new StringBuilder("s=").Append(file.SequenceId);
        text.Append(";i=").Append(Hex(head, 16)).Append(";b=").Append(Convert.ToHexStringLower(head.Slice(40, 16)));
        return text.Append(";m=").Append(Hex(head, 32)).Append(";t=").Append(Hex(head, 24)).Append(";x=").Append(Hex(head, 56)).ToString();
    }

    private static string Hex(ReadOnlySpan<byte> entry, int offset) =>
        BinaryPrimitives.ReadUInt64LittleEndian(entry[offset..]).ToString("x", CultureInfo.InvariantCulture);
}
