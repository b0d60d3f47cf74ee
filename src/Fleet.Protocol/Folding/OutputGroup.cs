using System.Text;
using Fleet.Protocol.NodeSets;

namespace Fleet.Protocol.Folding;

/// <summary>Hosts whose results are the same.</summary>
/// <param name="Key">What they share beside the output.</param>
/// <param name="Hosts">The hosts; their text is the group's label.</param>
/// <param name="Representative">The host whose output is shown, the first that answered.</param>
/// <param name="Content">That host's output.</param>
/// <param name="Variants">How many different outputs were folded as similar; 1 where all are equal byte for byte.</param>
public sealed record OutputGroup<TKey>(TKey Key, NodeSet Hosts, string Representative, ReadOnlyMemory<byte> Content, int Variants)
{
    /// <summary>The output as text; bytes that are not UTF-8 become replacement characters.</summary>
    public string Text => Encoding.UTF8.GetString(Content.Span);

    /// <summary>What this group's output has and lacks against another's, usually the largest group's.</summary>
    public LineDiff DiffAgainst(OutputGroup<TKey> other) => LineDiff.Between(other.Text, Text);
}
