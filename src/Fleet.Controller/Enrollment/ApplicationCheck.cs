using System.Buffers;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;

namespace Fleet.Controller.Enrollment;

/// <summary>What an application must look like; each check says what is wrong, or null.</summary>
internal static class ApplicationCheck
{
    private const int LongestOperatorName = 64;
    private const int LongestFactKey = 128;
    private const int ShortestEnrollmentId = 8;
    private const int LongestEnrollmentId = 128;

    private static readonly SearchValues<char> s_operatorName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+@");

    /// <summary>An agent's name is a host name.</summary>
    public static string? AgentNameFault(string name) =>
        AgentName.TryParse(name, out _, out var error) ? null : $"the agent's name {Quote(name)} cannot be used: {error}";

    /// <summary>An operator's name is a user name or a mail address; never what a command line takes for an option.</summary>
    public static string? OperatorNameFault(string name) =>
        name.Length is > 0 and <= LongestOperatorName && !name.AsSpan().ContainsAnyExcept(s_operatorName) && (char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_')
            ? null
            : $"the operator's name {Quote(name)} cannot be used: give 1 to {LongestOperatorName} letters, digits, '.', '_', '-', '+' or '@', with a letter, a digit or '_' first";

    /// <summary>An enrollment id is any plain word that is long enough not to be met twice.</summary>
    public static string? EnrollmentIdFault(string id) =>
        id.Length is >= ShortestEnrollmentId and <= LongestEnrollmentId && id.All(c => c is > ' ' and <= '~')
            ? null
            : $"the enrollment id must have {ShortestEnrollmentId} to {LongestEnrollmentId} visible ASCII characters";

    /// <summary>Labels, wherever they come from.</summary>
    public static string? LabelFault(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count > Limits.Labels)
            return $"{labels.Count} labels are too many: at most {Limits.Labels}";
        foreach (var (key, value) in labels)
        {
            if (!LabelKey.TryParse(key, out _, out var error))
                return $"the label {Quote(key)} cannot be used: {error}";
            if (LabelKey.CheckValue(value) is { } valueError)
                return $"the value of the label {key} cannot be used: {valueError}";
        }

        return null;
    }

    /// <summary>Facts that an agent reports.</summary>
    public static string? FactFault(IReadOnlyDictionary<string, string> facts)
    {
        if (facts.Count > Limits.Facts)
            return $"{facts.Count} facts are too many: at most {Limits.Facts}";
        foreach (var (key, value) in facts)
        {
            if (key.Length is 0 or > LongestFactKey || !OneLineText.IsClean(key))
                return $"the fact {Quote(key)} cannot be used: a fact's name has 1 to {LongestFactKey} characters";
            if (value.Length > Limits.FactCharacters)
                return $"the fact {key} has {value.Length} characters: at most {Limits.FactCharacters}";
        }

        return null;
    }

    private static string Quote(string text) => $"'{new string([.. text.Take(80).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?')])}'";
}
