using System.Text;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Clusters;

/// <summary>Folds the matches of a search into clusters instead of keeping them.</summary>
public sealed class ClusterSink(LineClusters clusters) : IMatchSink
{
    private const int LongestLine = 4096;

    /// <inheritdoc/>
    public void Take(in FoundLine line)
    {
        if (line.Role == LineRole.Match)
        {
            // Of a record its first line tells what kind it is.
            int end = line.Bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = end < 0 ? line.Bytes : line.Bytes[..end];
            clusters.Add(Encoding.UTF8.GetString(text[..Math.Min(text.Length, LongestLine)]), 1, line.Time);
        }
    }
}
