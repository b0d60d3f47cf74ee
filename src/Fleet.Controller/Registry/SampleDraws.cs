namespace Fleet.Controller.Registry;

/// <summary>Remembers which agents a preview drew by chance, so that the job that follows reaches the same.</summary>
internal sealed class SampleDraws(TimeProvider time)
{
    private const int MostDraws = 256;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (IReadOnlyList<string> AgentIds, DateTimeOffset At)> _draws = new(StringComparer.Ordinal);

    /// <summary>Remembers a draw by its digest; the oldest gives way.</summary>
    public void Remember(string digest, IReadOnlyList<string> agentIds)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            foreach (var (old, draw) in _draws)
            {
                if (now - draw.At >= Life)
                    _draws.Remove(old);
            }

            if (_draws.Count >= MostDraws)
                _draws.Remove(_draws.MinBy(static draw => draw.Value.At).Key);
            _draws[digest] = (agentIds, now);
        }
    }

    /// <summary>The agents of a draw; null if it is unknown or too old.</summary>
    public IReadOnlyList<string>? Find(string digest)
    {
        lock (_lock)
            return _draws.TryGetValue(digest, out var draw) && time.GetUtcNow() - draw.At < Life ? draw.AgentIds : null;
    }
}
