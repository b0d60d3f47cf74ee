using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Units;

namespace Fleet.Protocol.Targets;

/// <summary>What a comparison asks about: a label, a fact, whichever of the two there is, or the name.</summary>
internal readonly record struct TargetKey(KeyScope Scope, string Key)
{
    private const string LabelPrefix = "label.";
    private const string FactPrefix = "fact.";
    private const string NameKey = "name";

    public static bool TryParse(string text, out TargetKey key, out ParseError? error)
    {
        text = text.ToLowerInvariant();
        var (scope, prefix) = text == NameKey ? (KeyScope.Name, "")
            : text.StartsWith(LabelPrefix, StringComparison.Ordinal) ? (KeyScope.Label, LabelPrefix)
            : text.StartsWith(FactPrefix, StringComparison.Ordinal) ? (KeyScope.Fact, FactPrefix)
            : (KeyScope.Any, "");

        key = new TargetKey(scope, text[prefix.Length..]);
        if (LabelKey.TryParse(key.Key, out _, out error))
            return true;
        error = new ParseError(error!.Column + prefix.Length, $"'{ParseError.Printable(text)}' is not the key of a label or fact", error.Hint);
        return false;
    }

    /// <summary>The agent's value and where it was found, for people.</summary>
    public bool TryGetValue(ITargetSubject subject, out string value, out string source)
    {
        var found = Scope == KeyScope.Name ? subject.Name : null;
        source = NameKey;
        if (found is null && Scope is KeyScope.Any or KeyScope.Label && subject.TryGetLabel(Key, out found))
            source = "label " + Key;
        else if (found is null && Scope is KeyScope.Any or KeyScope.Fact && subject.TryGetFact(Key, out found))
            source = "fact " + Key;
        value = found ?? "";
        return found is not null;
    }

    /// <summary>The agent's value in words: <c>label role is 'web'</c>.</summary>
    public string Describe(ITargetSubject subject) =>
        TryGetValue(subject, out var value, out var source) ? $"{source} is '{value}'"
        : Scope switch { KeyScope.Label => $"no label {Key}", KeyScope.Fact => $"no fact {Key}", _ => $"no label or fact {Key}" };

    public override string ToString() => Scope switch
    {
        KeyScope.Label => LabelPrefix + Key,
        KeyScope.Fact => FactPrefix + Key,
        _ => Key,
    };
}
