using Fleet.Controller.Enrolment;
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

    /// <summary>What it is for.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether who joins may take over a name.</summary>
    public bool AllowReplace { get; init; }

    /// <summary>What is wrong with it and how to mend that; null where nothing is.</summary>
    public string? FindFault()
    {
        if (Kind == TokenKind.Operator && Role is null)
            return "a token for operators needs a role: viewer, operator or admin";
        if (Kind == TokenKind.Agent && Role is not null)
            return "a token for agents has no role";
        if (Kind == TokenKind.Operator && Labels.Count > 0)
            return "a token for operators has no labels";
        if (Life < TimeSpan.FromSeconds(1) || Life > LongestLife)
            return $"a token lives from 1 second to {LongestLife.TotalDays:0} days, not {Life}";
        if (MaxUses is < 1 or > MostUses)
            return $"a token can be used from 1 to {MostUses} times, not {MaxUses}";
        if (Note.Length > LongestNote || Note.Any(char.IsControl))
            return $"a token's note is one line of at most {LongestNote} characters";
        return ApplicationCheck.LabelFault(Labels);
    }
}
