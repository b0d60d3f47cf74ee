using System.IO.Enumeration;
using Fleet.Storage;

namespace Fleet.Controller.Alerts;

/// <summary>The silences in force.</summary>
internal sealed class SilenceCache
{
    private volatile IReadOnlyList<SilenceRecord> _silences = [];

    /// <summary>Takes in what the store holds.</summary>
    public void Replace(IReadOnlyList<SilenceRecord> silences) => _silences = silences;

    /// <summary>The silence that holds an alert's messages back at a moment; null where none does.</summary>
    public SilenceRecord? Find(AlertRecord alert, DateTimeOffset now) => _silences.FirstOrDefault(silence =>
        silence.ExpiresAt > now && Matches(silence.Scan, alert.Scan)
        && Matches(silence.Pattern, alert.Pattern) && Matches(silence.AgentName, alert.AgentName));

    private static bool Matches(string glob, string text) => glob.Length == 0 || FileSystemName.MatchesSimpleExpression(glob, text, ignoreCase: true);
}
