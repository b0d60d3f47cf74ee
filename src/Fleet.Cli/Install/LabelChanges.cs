using Fleet.Protocol.Identifiers;

namespace Fleet.Cli.Install;

/// <summary>
/// What has to be set at an agent that is enrolled already, so that it has the labels that it would join with today. Labels that were
/// not asked for stay: they may be another inventory's, or an operator's own.
/// </summary>
/// <param name="Set">The labels to set.</param>
/// <param name="Text">The same for the report: each label, and what its value was.</param>
internal sealed record LabelChanges(IReadOnlyDictionary<string, string> Set, string Text)
{
    /// <summary>Compares.</summary>
    /// <param name="wanted">As `fleet-agent enroll --label` takes them; of a key that stands there twice the last counts.</param>
    /// <param name="has">The agent's labels.</param>
    public static LabelChanges Of(IEnumerable<string> wanted, IReadOnlyDictionary<string, string> has)
    {
        var set = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in wanted.SelectMany(text => Labels.Parse(text).Values))
            set[key.ToString()] = value;
        foreach (var key in set.Keys.Where(key => has.TryGetValue(key, out var old) && old == set[key]).ToList())
            set.Remove(key);
        return new LabelChanges(set, string.Join(", ", set.Select(label => Words(label.Key, label.Value, has))));
    }

    private static string Words(string key, string value, IReadOnlyDictionary<string, string> has) =>
        $"{key}={value}" + (has.TryGetValue(key, out var old) ? $" (was {old})" : "");
}
