using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Agents;

/// <summary>A change of labels of which every field has been checked.</summary>
/// <param name="Set">Labels to set.</param>
/// <param name="Remove">Keys to remove first.</param>
internal sealed record LabelChange(IReadOnlyDictionary<string, string> Set, IReadOnlyCollection<string> Remove)
{
    /// <summary>Reads a request; null with the fault named where it is not good.</summary>
    public static LabelChange? Read(SetLabelsRequest request, out string fault)
    {
        fault = request.Set.Count == 0 && request.Remove.Count == 0 ? "set and remove are both empty; there is nothing to change" : "";
        foreach (var (key, value) in request.Set)
        {
            if (!LabelKey.TryParse(key, out _, out var keyError))
                fault = $"set: '{key}': {keyError}";
            else if (LabelKey.CheckValue(value) is { } valueError)
                fault = $"set: the value of {key}: {valueError}";
        }

        foreach (var key in request.Remove)
        {
            if (!LabelKey.TryParse(key, out _, out var error))
                fault = $"remove: '{key}': {error}";
            else if (request.Set.ContainsKey(key))
                fault = $"{key} is in set and in remove; keep one";
        }

        return fault.Length > 0 ? null : new LabelChange(new Dictionary<string, string>(request.Set), [.. request.Remove]);
    }

    /// <summary>The labels after the change.</summary>
    public Dictionary<string, string> Apply(IReadOnlyDictionary<string, string> labels)
    {
        var after = new Dictionary<string, string>(labels, StringComparer.Ordinal);
        foreach (var key in Remove)
            after.Remove(key);
        foreach (var (key, value) in Set)
            after[key] = value;
        return after;
    }

    /// <summary>Whether the change makes a difference.</summary>
    public bool Changes(IReadOnlyDictionary<string, string> labels) =>
        Remove.Any(labels.ContainsKey) || Set.Any(label => labels.GetValueOrDefault(label.Key) != label.Value);

    /// <summary>Whether an agent would have more labels than it may.</summary>
    public bool Overfills(IReadOnlyDictionary<string, string> labels) => Apply(labels).Count > Limits.Labels;
}
