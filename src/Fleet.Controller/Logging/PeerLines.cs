namespace Fleet.Controller.Logging;

/// <summary>Guards the log lines that a peer can cause: an agent, an operator's client, or a stranger. See <see cref="Repeats{TKey}"/>.</summary>
internal sealed partial class PeerLines : IDisposable
{
    // Strangers are without number; of agents there are as many as are enrolled, and each is to be found in the log.
    private const int MostOfStrangers = 256;
    private const int MostOfAgents = 65_536;

    private readonly Repeats<(string Who, string What)> _strangers;
    private readonly Repeats<(string Who, string What)> _agents;
    private readonly ILogger<PeerLines> _log;

    public PeerLines(TimeProvider time, ILogger<PeerLines> log)
    {
        _log = log;
        _strangers = new(time, MostOfStrangers, ("other peers", "other lines"), Tell);
        _agents = new(time, MostOfAgents, ("other agents", "other lines"), Tell);
    }

    /// <summary>Whether a line is to be written now; else it has been counted.</summary>
    /// <param name="who">Whom or what it is about, such as the address that a stranger comes from.</param>
    /// <param name="what">What the line says of them, in a few words.</param>
    /// <param name="detail">What else is told of the last one.</param>
    /// <param name="atOnce">How many such lines are written one by one within a minute.</param>
    public bool Admits(string who, string what, string detail, int atOnce = 1)
    {
        var key = (who, what);
        return _strangers.IsTold(ref key, detail, atOnce);
    }

    /// <summary>The same for an agent.</summary>
    /// <inheritdoc cref="Admits" path="/param"/>
    public bool AdmitsOfAgent(string who, string what, string detail, int atOnce = 1)
    {
        var key = (who, what);
        return _agents.IsTold(ref key, detail, atOnce);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _strangers.Dispose();
        _agents.Dispose();
    }

    private void Tell((string Who, string What) key, long count, string last) => LogMore(key.Who, key.What, count, last);

    [LoggerMessage(3410, LogLevel.Warning, "{Who}: {What}, {Count} more times within a minute; the last one: {Detail}")]
    private partial void LogMore(string who, string what, long count, string detail);
}
