namespace Fleet.Protocol.NodeSets;

/// <summary>How many names a text may still stand for. One budget is shared by all node sets of a target.</summary>
internal sealed class ExpansionBudget(int limit)
{
    private int _left = limit;

    public int Limit { get; } = limit;

    public bool Allows(long count) => count <= _left;

    public bool TrySpend(long count)
    {
        if (!Allows(count))
            return false;
        _left -= (int)count;
        return true;
    }
}
