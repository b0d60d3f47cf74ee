namespace Fleet.Protocol.NodeSets;

/// <summary>Knows every set of numbers by an id, so that comparing sets compares integers.</summary>
internal sealed class NumberSets
{
    private readonly List<(string Text, IReadOnlyList<string> Numbers)> _sets = [];

    // The folded text of a set is the set: a single number has no brackets, all others have.
    private readonly Dictionary<string, int> _idByText = new(StringComparer.Ordinal);

    public string TextOf(int id) => _sets[id].Text;

    public IReadOnlyList<string> NumbersOf(int id) => _sets[id].Numbers;

    public int IdOf(string number) => _idByText.TryGetValue(number, out var id) ? id : Add(number, [number]);

    /// <summary>The union of disjoint sets.</summary>
    public int IdOf(List<int> ids)
    {
        List<string> numbers = [.. ids.SelectMany(NumbersOf)];
        var text = NumberFolder.Fold(numbers);
        return _idByText.TryGetValue(text, out var id) ? id : Add(text, numbers);
    }

    private int Add(string text, IReadOnlyList<string> numbers)
    {
        _idByText.Add(text, _sets.Count);
        _sets.Add((text, numbers));
        return _sets.Count - 1;
    }
}
