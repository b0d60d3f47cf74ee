using Fleet.Protocol.V1;

namespace Fleet.Cli.Tail;

/// <summary>One thing to show: a line, a count of lines that are left out here, or a note about a log.</summary>
/// <param name="Host">Whose.</param>
/// <param name="Source">Of which log.</param>
/// <param name="Line">The line; null where it is none.</param>
/// <param name="Dropped">Lines left out here.</param>
/// <param name="Note">A note; empty where it is none.</param>
internal sealed record TailItem(string Host, string Source, LogLine? Line, ulong Dropped, string Note)
{
    private const int FixedBytes = 200;

    /// <summary>What it holds of memory, more or less.</summary>
    public int Bytes => FixedBytes + (Line?.Text.Length ?? 0) + Note.Length;

    /// <summary>What a message holds, in order.</summary>
    public static IEnumerable<TailItem> Of(HostLines message)
    {
        var lines = message.Lines ?? new TailLines();
        var source = lines.Lines?.Source ?? "";
        if (lines.Dropped > 0)
            yield return new TailItem(message.AgentName, source, null, lines.Dropped, "");
        if (lines.Note.Length > 0)
            yield return new TailItem(message.AgentName, source, null, 0, lines.Note);
        foreach (var line in lines.Lines?.Lines ?? [])
            yield return new TailItem(message.AgentName, source, line, 0, "");
    }
}
