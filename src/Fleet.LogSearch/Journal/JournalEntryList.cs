using System.Buffers.Binary;

namespace Fleet.LogSearch.Journal;

/// <summary>The entries of a journal file by their number, in the order in which they were written.</summary>
/// <remarks>The file links them by a chain of arrays, each twice as long as the one before: a few dozen for any file.</remarks>
internal sealed class JournalEntryList
{
    private const int ArrayHeadBytes = 24;

    private readonly JournalFile _file;
    private readonly List<Piece> _pieces = [];

    public JournalEntryList(JournalFile file)
    {
        _file = file;
        long before = 0, count = file.EntryCount;
        for (long array = file.FirstEntryArray; array != 0 && Count < count; array = BinaryPrimitives.ReadInt64LittleEndian(file.At(array + 16, 8)))
        {
            // Arrays are only ever appended, so a chain that leads backwards is a circle.
            int size = array > before ? file.SizeOf(array, JournalObjectKind.EntryArray) : throw file.Damaged(array);
            long items = Math.Min((size - ArrayHeadBytes) / Width, count - Count);
            _pieces.Add(new Piece(array + ArrayHeadBytes, Count, items));
            Count += items;
            before = array;
        }
    }

    private sealed record Piece(long Offset, long First, long Items);

    /// <summary>How many there are.</summary>
    public long Count { get; }

    private int Width => _file.IsCompact ? 4 : 8;

    /// <summary>Where an entry is.</summary>
    public long At(long number)
    {
        Piece piece = _pieces.Find(piece => number < piece.First + piece.Items) ?? throw _file.Damaged(_file.FirstEntryArray);
        ReadOnlySpan<byte> place = _file.At(piece.Offset + ((number - piece.First) * Width), Width);
        long entry = _file.IsCompact ? BinaryPrimitives.ReadUInt32LittleEndian(place) : BinaryPrimitives.ReadInt64LittleEndian(place);
        return entry != 0 ? entry : throw _file.Damaged(piece.Offset);
    }

    /// <summary>The number of the first entry that stands there or behind.</summary>
    public long NumberOf(long entry)
    {
        long low = 0, high = Count;
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = At(middle) < entry ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The number of the first entry of a time or later; where clocks jumped back, of one of them.</summary>
    public long NumberSince(long microseconds)
    {
        if (Count == 0 || microseconds > _file.Times.Last)
        {
            return Count;
        }

        long low = 0, high = microseconds <= _file.Times.First ? 0 : Count;
        while (low < high)
        {
            long middle = (low + high) / 2;
            (low, high) = _file.TimeOf(At(middle)) < microseconds ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
