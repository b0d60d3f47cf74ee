using Fleet.Controller.Link;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tailing;

/// <summary>The tails that run: how many there may be, and whose lines an agent sends.</summary>
internal sealed class TailRegistry(TailOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (TailSession Session, string Operator)> _tails = new(StringComparer.Ordinal);

    /// <summary>Tails that run now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _tails.Count;
        }
    }

    /// <summary>Takes a tail in; false with a sentence where there are too many.</summary>
    public bool TryAdd(TailSession session, string operatorId, out string refusal)
    {
        lock (_lock)
        {
            refusal = _tails.Values.Count(tail => tail.Operator == operatorId) >= options.MostPerOperator
                ? $"you follow logs {options.MostPerOperator} times already: end one of them first"
                : _tails.Count >= options.MostTails ? $"logs are followed {options.MostTails} times already, which is the most at once: try again later" : "";
            if (refusal.Length == 0)
                _tails.Add(session.Id, (session, operatorId));
            return refusal.Length == 0;
        }
    }

    /// <summary>A tail is over.</summary>
    public void Remove(TailSession session)
    {
        lock (_lock)
            _tails.Remove(session.Id);
    }

    /// <summary>Hands what an agent sent to its tail. One that is over has told the agent so already.</summary>
    public void Take(AgentSession agent, TailOutput output)
    {
        TailSession? session;
        lock (_lock)
            session = _tails.GetValueOrDefault(output.TailId).Session;
        session?.Take(agent.Agent.Id, agent, output);
    }
}
