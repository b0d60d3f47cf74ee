using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Link;

/// <summary>Checks what agents say of their hosts.</summary>
internal static class FactsCheck
{
    /// <summary>The facts as they may be kept; null with the fault named where they are not good.</summary>
    /// <remarks>What does not belong in one line of text becomes a blank: a host must not stay outside because of the name of its system.</remarks>
    public static IReadOnlyDictionary<string, string>? Check(Facts? facts, out string fault)
    {
        fault = "";
        var kept = new Dictionary<string, string>(StringComparer.Ordinal);
        if (facts is null)
            return kept;
        if (facts.Values.Count > Limits.Facts)
        {
            fault = $"facts has {facts.Values.Count} values, at most {Limits.Facts} are allowed";
            return null;
        }

        foreach (var (key, value) in facts.Values)
        {
            if (!LabelKey.TryParse(key, out _))
                fault = "facts has a key that is none: 1 to 63 of a-z, 0-9, '.', '_', '/' and '-', a letter or digit first";
            else if (value.Length > Limits.FactCharacters)
                fault = $"the fact {key} has {value.Length} characters, at most {Limits.FactCharacters} are allowed";
            if (fault.Length > 0)
                return null;
            kept.Add(key, OneLineText.Clean(value));
        }

        return kept;
    }

    /// <summary>Whether two reports say the same.</summary>
    public static bool AreSame(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(fact => right.TryGetValue(fact.Key, out var value) && value == fact.Value);
}
