using Fleet.Controller.Registry;
using Fleet.Controller.Scans;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Controller.Tailing;

/// <summary>One operator's tail: asks the hosts, passes on what they send as fast as the operator reads it, and stops them at its end.</summary>
/// <remarks>
/// Agents' readers put in, one task takes out. What waits in between is bounded by the credit of the agents, for they are granted only
/// what the operator has read.
/// </remarks>
internal sealed partial class TailSession
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TailHost> _hosts = new(StringComparer.Ordinal);
    private readonly Queue<WaitingLines> _waiting = new();
    private readonly WakeUp _wakeUp = new();
    private readonly TailOrder _order;
    private readonly TailOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _hostsChanged = true;

    /// <param name="id">Names it on the wire.</param>
    /// <param name="order">What is followed.</param>
    /// <param name="agents">Where.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where reports go.</param>
    public TailSession(string id, TailOrder order, IReadOnlyList<AgentEntry> agents, TailOptions options, TimeProvider time, ILogger log)
    {
        (Id, _order, _options, _time, _log) = (id, order, options, time, log);
        foreach (var agent in agents)
            _hosts[agent.Id] = new TailHost(agent, Credits(agents.Count)) { Reason = "the agent is offline" };
    }

    /// <summary>Names it on the wire.</summary>
    public string Id { get; }

    /// <summary>Runs it until the caller ends it, or no host can follow any more.</summary>
    public async Task RunAsync(IServerStreamWriter<TailReply> responses, CancellationToken cancellationToken)
    {
        try
        {
            var isFirst = true;
            while (true)
            {
                var isOver = Look();
                // The first word comes when it is known who follows, or soon.
                if (!isFirst || isOver || HaveAllAnswered())
                {
                    if (TakeHosts() is { } hosts)
                        await responses.WriteAsync(new TailReply { Hosts = hosts }, cancellationToken);
                    isFirst = false;
                    var looked = _time.GetTimestamp();
                    while (TryTake() is { } next)
                    {
                        // Waits while the operator does not read.
                        await responses.WriteAsync(new TailReply { Lines = new HostLines { AgentName = next.Host.Agent.Name, Lines = next.Lines } }, cancellationToken);
                        Settle(next);
                        // Where lines never cease it is looked all the same who came and who went.
                        if (_time.GetElapsedTime(looked) >= _options.LookInterval)
                            break;
                    }

                    if (HasWaiting())
                        continue;
                    if (isOver)
                        return;
                }

                await _wakeUp.WaitAsync(_options.LookInterval, _time, cancellationToken);
            }
        }
        finally
        {
            StopAll();
        }
    }

    /// <summary>Takes in what an agent has sent.</summary>
    public void Take(string agentId, IAgentLink link, TailOutput output)
    {
        lock (_lock)
        {
            // A link that ended, or a tail of before it: what comes of it now is not wanted.
            if (!_hosts.TryGetValue(agentId, out var host) || !ReferenceEquals(host.Link, link) || host.State == TailHostState.Ended)
                return;
            if (host.State == TailHostState.Asked)
                Set_NeedsLock(host, TailHostState.Following, "");
            foreach (var lines in output.Lines)
            {
                lines.Note = OneLineText.Clean(lines.Note);
                if (lines.Lines is { } found)
                    found.Source = OneLineText.Clean(found.Source);
                var bytes = lines.CalculateSize();
                if (!host.Credits.Receive(bytes))
                {
                    LogOverdrawn(_log, Id, host.Agent.Name);
                    link.Post(new ControllerMessage { StopTail = new StopTail { TailId = Id } });
                    Set_NeedsLock(host, TailHostState.Ended, "it sent more than it was allowed to");
                    break;
                }

                host.WaitingBytes += bytes;
                _waiting.Enqueue(new WaitingLines(host, host.Credits, lines, bytes));
            }

            if (output.Ended.Length > 0)
                Set_NeedsLock(host, TailHostState.Ended, OneLineText.Clean(output.Ended));
        }

        _wakeUp.Set();
    }

    /// <summary>Looks who came and who went; true when no host is left that follows or may come back.</summary>
    private bool Look()
    {
        lock (_lock)
        {
            var isOver = true;
            foreach (var host in _hosts.Values)
            {
                Look_NeedsLock(host);
                isOver &= host.State == TailHostState.Ended;
            }

            return isOver;
        }
    }

    private void Look_NeedsLock(TailHost host)
    {
        var link = host.Agent.Link;
        // One that comes and goes while the operator reads slowly would have a new share of what may wait each time.
        if (link is not null && host.WaitingBytes > 0 && !ReferenceEquals(link, host.Link))
            link = null;
        if (host.State != TailHostState.Ended && !ReferenceEquals(link, host.Link))
        {
            host.Link = link;
            if (link is null)
                Set_NeedsLock(host, TailHostState.Away, "it went offline");
            else
                Ask_NeedsLock(host, link);
        }

        if (host.State == TailHostState.Asked && _time.GetElapsedTime(host.AskedAt) > _options.AnswerLimit)
        {
            // Should it begin after all, it is not to send for nobody.
            host.Link?.Post(new ControllerMessage { StopTail = new StopTail { TailId = Id } });
            Set_NeedsLock(host, TailHostState.Ended, "its agent does not answer; it may be too old to follow logs");
        }
    }

    private void Ask_NeedsLock(TailHost host, IAgentLink link)
    {
        var order = _order.Clone();
        if (host.WasAsked)
            order.LastLines = 0;
        host.Credits = Credits(_hosts.Count);
        (host.WasAsked, host.AskedAt) = (true, _time.GetTimestamp());
        Set_NeedsLock(host, TailHostState.Asked, "it has not answered yet");
        link.Post(new ControllerMessage { StartTail = new StartTail { TailId = Id, Order = order } });
        link.Post(new ControllerMessage { TailCredit = new TailCredit { TailId = Id, Bytes = host.Credits.Initial } });
    }

    private bool HaveAllAnswered()
    {
        lock (_lock)
            return !_hosts.Values.Any(host => host.State == TailHostState.Asked && _time.GetElapsedTime(host.AskedAt) < _options.FirstWordWithin);
    }

    private TailHosts? TakeHosts()
    {
        lock (_lock)
        {
            if (!_hostsChanged)
                return null;
            _hostsChanged = false;
            var hosts = new TailHosts();
            foreach (var host in _hosts.Values)
            {
                if (host.State == TailHostState.Following)
                    hosts.Following.Add(host.Agent.Name);
                else
                    hosts.Ended.Add(new TailHostEnd { AgentName = host.Agent.Name, Reason = host.Reason });
            }

            return hosts;
        }
    }

    private bool HasWaiting()
    {
        lock (_lock)
            return _waiting.Count > 0;
    }

    private WaitingLines? TryTake()
    {
        lock (_lock)
            return _waiting.TryDequeue(out var next) ? next : null;
    }

    /// <summary>The operator has read something of a host, which may send on.</summary>
    private void Settle(WaitingLines read)
    {
        lock (_lock)
        {
            // What came over a link that was lost since is no credit on the new one, which has a whole share.
            var host = read.Host;
            host.WaitingBytes -= read.Bytes;
            if (ReferenceEquals(host.Credits, read.Credits) && host.State == TailHostState.Following && read.Credits.Read(read.Bytes) is > 0 and var granted)
                host.Link?.Post(new ControllerMessage { TailCredit = new TailCredit { TailId = Id, Bytes = granted } });
        }
    }

    private void StopAll()
    {
        lock (_lock)
        {
            foreach (var host in _hosts.Values.Where(static host => host.State is TailHostState.Asked or TailHostState.Following))
                host.Link?.Post(new ControllerMessage { StopTail = new StopTail { TailId = Id } });
            foreach (var host in _hosts.Values)
                host.State = TailHostState.Ended;
            _waiting.Clear();
        }
    }

    private void Set_NeedsLock(TailHost host, TailHostState state, string reason) =>
        (host.State, host.Reason, _hostsChanged) = (state, reason, true);

    private TailCredits Credits(int hosts) => new(_options.ShareOf(hosts), _options.OverdraftBytes);

    private sealed record WaitingLines(TailHost Host, TailCredits Credits, TailLines Lines, int Bytes);

    [LoggerMessage(4710, LogLevel.Warning, "Tail {Tail}: {Agent} exceeded its credit and is no longer followed")]
    private static partial void LogOverdrawn(ILogger log, string tail, string agent);
}
