using Fleet.Controller.Enrollment;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Storage;

namespace Fleet.Controller.Access;

/// <summary>A join token as somebody wants it.</summary>
internal sealed record TokenOrder
{
    /// <summary>The longest life of a token.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    private const int MostUses = 100_000;
    private const int LongestNote = 256;

    /// <summary>Whom it lets in.</summary>
    public required TokenKind Kind { get; init; }

    /// <summary>The role that operators get; null for agents.</summary>
    public OperatorRole? Role { get; init; }

    /// <summary>How long it is good.</summary>
    public required TimeSpan Life { get; init; }

    /// <summary>How often it may be used.</summary>
    public required int MaxUses { get; init; }

    /// <summary>Labels of the agents that join with it.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Keys of labels that agents may set themselves; null leaves it to the default of <see cref="TokenRecord.LetsJoinerSet"/>.</summary>
    public IReadOnlyCollection<string>? AllowedLabels { get; init; }

    /// <summary>What it is for.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether who joins may take over a name.</summary>
    public bool AllowReplace { get; init; }

    /// <summary>What is wrong with it and how to fix that; null where nothing is.</summary>
    public string? FindFault()
    {
        if (Kind == TokenKind.Operator && Role is null)
            return "a token for operators needs a role: viewer, operator or admin";
        if (Kind == TokenKind.Agent && Role is not null)
            return "a token for agents has no role";
        if (Kind == TokenKind.Operator && (Labels.Count > 0 || AllowedLabels is not null))
            return "a token for operators has no labels";
        if (Life < TimeSpan.FromSeconds(1) || Life > LongestLife)
            return $"a token lives from 1 second to {LongestLife.TotalDays:0} days, not {Life}";
        if (MaxUses is < 1 or > MostUses)
            return $"a token can be used from 1 to {MostUses} times, not {MaxUses}";
        if (OneLineText.FindFault(Note, LongestNote) is { } note)
            return $"a token's note {note}";
        return AllowedLabelsFault() ?? ApplicationCheck.LabelFault(Labels);
    }

    private string? AllowedLabelsFault()
    {
        if (AllowedLabels is not { } allowed)
            return null;
        if (allowed.Count > Limits.Labels)
            return $"{allowed.Count} keys of labels are too many: at most {Limits.Labels}";
        foreach (var key in allowed.Where(key => key != TokenRecord.AnyLabel))
        {
            if (!LabelKey.TryParse(key, out _, out var error))
                return $"a label key that joiners may set cannot be used: {error}";
        }

        return null;
    }
}
