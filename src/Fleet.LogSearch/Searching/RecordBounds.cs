using Fleet.LogSearch.Matching;

namespace Fleet.LogSearch.Searching;

/// <summary>Tells where records of several lines start: at each line that matches the start pattern.</summary>
internal sealed class RecordBounds(LogPattern start, LogEncoding encoding)
{
    private readonly PatternSet _start = PatternSet.Create([start], encoding);

    /// <summary>The start of the last record in some whole lines; 0 when all of them belong to one.</summary>
    public int LastStart(ReadOnlySpan<byte> lines)
    {
        int line = lines.Length;
        while (line > 0)
        {
            line = lines[..(line - 1)].LastIndexOf((byte)'\n') + 1;
            if (IsStart(lines, line))
            {
                return line;
            }
        }

        return 0;
    }

    /// <summary>The start of the record to which a line belongs.</summary>
    public int StartOf(ReadOnlySpan<byte> chunk, int from, int line)
    {
        while (line > from && !IsStart(chunk, line))
        {
            line = from + chunk[from..(line - 1)].LastIndexOf((byte)'\n') + 1;
        }

        return line;
    }

    /// <summary>The end of the record to which a line belongs, after its last line end.</summary>
    public int EndOf(ReadOnlySpan<byte> chunk, int line)
    {
        do
        {
            int end = chunk[line..].IndexOf((byte)'\n');
            line = end < 0 ? chunk.Length : line + end + 1;
        }
        while (line < chunk.Length && !IsStart(chunk, line));
        return line;
    }

    private bool IsStart(ReadOnlySpan<byte> chunk, int line)
    {
        ReadOnlySpan<byte> rest = chunk[line..];
        int end = rest.IndexOf((byte)'\n');
        return _start.Match(LineSpan.Trim(end < 0 ? rest : rest[..end])) != 0;
    }
}
