using Fleet.Agent.Journal;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Diagnosis;

/// <summary>What at present limits this agent, each condition with the time since which it does. Goes to the controller with heartbeats.</summary>
/// <remarks>For all threads.</remarks>
internal sealed class ConditionTracker : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskJournal _journal;
    private readonly string _directory;
    private readonly AgentCondition? _standing;
    private readonly TimeProvider _time;
    private IReadOnlyList<AgentCondition> _present = [];
    private int _version;

    /// <param name="journal">Tells what hinders it.</param>
    /// <param name="directory">The state directory: its disk is looked at.</param>
    /// <param name="standing">A condition that lasts as long as this process; null for none.</param>
    /// <param name="time">The clock.</param>
    public ConditionTracker(TaskJournal journal, string directory, HostCondition? standing, TimeProvider time)
    {
        _journal = journal;
        _directory = directory;
        _standing = standing is null ? null : new AgentCondition { Kind = standing.Kind, Message = standing.Message };
        _time = time;
        journal.FaultChanged += OnFaultChanged;
        Look();
    }

    /// <summary>Told when something has changed that is worth a heartbeat of its own.</summary>
    public event Action? Changed;

    /// <summary>Another one means that the conditions are others; 0 while there never was any.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Looks how things are now.</summary>
    public (IReadOnlyList<AgentCondition> Conditions, int Version) Look()
    {
        lock (_gate)
        {
            var found = Find();
            if (!Same(found, _present))
            {
                _present = [.. found.Select(Since_NeedsLock)];
                Volatile.Write(ref _version, _version + 1);
            }

            return (_present, _version);
        }
    }

    public void Dispose() => _journal.FaultChanged -= OnFaultChanged;

    private void OnFaultChanged()
    {
        Look();
        Changed?.Invoke();
    }

    private List<AgentCondition> Find()
    {
        var found = new List<AgentCondition>();
        if (_journal.Fault is { } fault)
            found.Add(new AgentCondition { Kind = fault.Kind, Message = $"{fault.Message}: tasks are rejected" });
        else if (DiskSpace.Condition(_directory) is { } full)
            found.Add(new AgentCondition { Kind = full.Kind, Message = full.Message });
        if (_journal.Usage.IsFull)
            found.Add(new AgentCondition { Kind = "journal-full", Message = $"undelivered records fill the journal (journal.maxBytes is {_journal.Usage.LimitBytes} bytes): tasks are rejected" });
        if (_standing is not null)
            found.Add(_standing.Clone());
        return found;
    }

    private AgentCondition Since_NeedsLock(AgentCondition found)
    {
        found.SinceMs = _present.FirstOrDefault(known => known.Kind == found.Kind)?.SinceMs ?? _time.GetUtcNow().ToUnixTimeMilliseconds();
        return found;
    }

    private static bool Same(List<AgentCondition> found, IReadOnlyList<AgentCondition> known) =>
        found.Count == known.Count && found.Zip(known).All(pair => pair.First.Kind == pair.Second.Kind && pair.First.Message == pair.Second.Message);
}
