using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Finds where the last record of a file begins: until the next one does, more lines may belong to it.</summary>
internal static class RecordTail
{
    /// <summary>The start of the last record between two places; the end when it is longer than a record can be.</summary>
    public static long LastStart(LogGeneration file, RecordBounds records, long from, long end, FollowBuffers buffers)
    {
        byte[] bytes = buffers.Window;
        for (int wanted = FollowBuffers.BackwardsBytes; ; wanted = Math.Min(wanted * 4, LineWindow.LongestLine))
        {
            bytes = bytes.Length >= wanted ? bytes : new byte[wanted];
            long start = Math.Max(from, end - wanted);
            int read = file.ReadAt(bytes.AsSpan(0, (int)(end - start)), start);
            // Not at a line's beginning unless it is the very first: the first line seen is no line then.
            int first = start == from ? 0 : bytes.AsSpan(0, read).IndexOf((byte)'\n') + 1;
            int found = records.LastStart(bytes.AsSpan(first, read - first));
            if (found > 0 || start == from)
            {
                return start + first + found;
            }

            if (wanted >= LineWindow.LongestLine)
            {
                return end;
            }
        }
    }
}
