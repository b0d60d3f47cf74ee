namespace Fleet.Controller.Logging;

/// <summary>Guards the log lines that a peer can cause: an agent, an operator's client, or a stranger. See <see cref="Repeats{TKey}"/>.</summary>
internal sealed partial class PeerLines : IDisposable
{
    private readonly Repeats<(string Who, string What)> _repeats;
    private readonly ILogger<PeerLines> _log;

    public PeerLines(TimeProvider time, ILogger<PeerLines> log)
    {
        _log = log;
        _repeats = new Repeats<(string Who, string What)>(
            time, ("other peers", "other lines"), (key, count, last) => LogMore(key.Who, key.What, count, last));
    }

    /// <summary>Whether a line is to be written now; else it has been counted.</summary>
    /// <param name="who">Whom it is about: an agent's name, or where a stranger comes from.</param>
    /// <param name="what">What the line says of them, in a few words.</param>
    /// <param name="detail">What else is told of the last one.</param>
    /// <param name="atOnce">How many such lines are written one by one within a minute.</param>
    public bool Admits(string who, string what, string detail, int atOnce = 1)
    {
        var key = (who, what);
        return _repeats.IsTold(ref key, detail, atOnce);
    }

    /// <inheritdoc/>
    public void Dispose() => _repeats.Dispose();

    [LoggerMessage(3410, LogLevel.Warning, "{Who}: {What}, {Count} more times within a minute; the last one: {Detail}")]
    private partial void LogMore(string who, string what, long count, string detail);
}
