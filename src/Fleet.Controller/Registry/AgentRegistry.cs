using Fleet.Protocol.NodeSets;
using Fleet.Storage;

namespace Fleet.Controller.Registry;

/// <summary>Every enrolled agent, in memory. The store holds what must last; this holds it ready, with presence beside it.</summary>
/// <remarks>One lock guards the two indexes and each entry's replacement; readers of a single entry need none.</remarks>
internal sealed class AgentRegistry(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AgentEntry> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AgentEntry> _byName = new(StringComparer.OrdinalIgnoreCase);
    private IReadOnlyList<AgentEntry>? _inOrder;
    private int _online;

    /// <summary>Fires after an agent has come, linked or changed, outside the lock; whoever hears it must be quick.</summary>
    public event Action? Changed;

    /// <summary>When the registry was loaded: nothing is known of links before that.</summary>
    public DateTimeOffset LoadedAt { get; private set; } = time.GetUtcNow();

    /// <summary>Enrolled agents.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byId.Count;
        }
    }

    /// <summary>Agents with a link.</summary>
    public int OnlineCount => Volatile.Read(ref _online);

    /// <summary>All agents in natural order of their names, as they are at this moment.</summary>
    public IReadOnlyList<AgentEntry> InOrder
    {
        get
        {
            lock (_lock)
                return _inOrder ??= Sort_NeedsLock();
        }
    }

    /// <summary>Reads all agents from the store, once, at start.</summary>
    public async Task LoadAsync(IAgentStore store, CancellationToken cancellationToken)
    {
        var records = await store.ListAsync(includeRemoved: false, cancellationToken);
        LoadedAt = time.GetUtcNow();
        foreach (var record in records)
            Put(record);
    }

    /// <summary>The agent with this id; null if there is none.</summary>
    public AgentEntry? Find(string agentId)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(agentId);
    }

    /// <summary>The agent with this name, ignoring case, or else with this id; null if there is none.</summary>
    public AgentEntry? FindByNameOrId(string nameOrId)
    {
        lock (_lock)
            return _byName.GetValueOrDefault(nameOrId) ?? _byId.GetValueOrDefault(nameOrId);
    }

    /// <summary>Takes in an agent that has enrolled, or what has changed of one.</summary>
    public AgentEntry Put(AgentRecord record)
    {
        AgentEntry? entry;
        lock (_lock)
        {
            if (_byId.TryGetValue(record.Id, out entry))
            {
                entry.Record = record;
            }
            else
            {
                entry = new AgentEntry(record, FirstPresence(record));
                _byId.Add(record.Id, entry);
                _byName[record.Name] = entry;
                _inOrder = null;
            }
        }

        Changed?.Invoke();
        return entry;
    }

    /// <summary>Changes what is known of an agent; false if it is not enrolled (any more).</summary>
    public bool Change(string agentId, Func<AgentRecord, AgentRecord> change)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(agentId, out var entry))
                return false;
            entry.Record = change(entry.Record);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Takes an agent out; returns it with its link, or null if it was not there.</summary>
    public AgentEntry? Remove(string agentId)
    {
        lock (_lock)
        {
            if (!_byId.Remove(agentId, out var entry))
                return null;
            if (_byName.TryGetValue(entry.Name, out var named) && ReferenceEquals(named, entry))
                _byName.Remove(entry.Name);
            if (entry.Link is not null)
                _online--;
            _inOrder = null;
            return entry;
        }
    }

    /// <summary>An agent has linked; an earlier link of it is forgotten. False if it is not enrolled (any more).</summary>
    public bool Attach(string agentId, IAgentLink link)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(agentId, out var entry))
                return false;
            if (entry.Link is null)
                _online++;
            entry.Presence = new AgentPresence.Linked(link);
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>A link has ended; nothing changes where a newer one has taken its place.</summary>
    public bool Detach(string agentId, IAgentLink link, DateTimeOffset at, string reason)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(agentId, out var entry) || !ReferenceEquals(entry.Link, link))
                return false;
            _online--;
            entry.Presence = new AgentPresence.Away(at, reason) { LastHeard = link.LastHeard };
            return true;
        }
    }

    /// <summary>Since when an agent without a link is away: a link that stood when the controller stopped counts until its new start.</summary>
    public DateTimeOffset AwaySince(AgentEntry entry)
    {
        if (entry.Presence is AgentPresence.Away { Since: { } since })
            return since;
        return entry.Record.LastConnectedAt is null ? entry.Record.EnrolledAt : LoadedAt;
    }

    private static AgentPresence.Away FirstPresence(AgentRecord record)
    {
        if (record.LastConnectedAt is not { } connected)
            return new AgentPresence.Away(null, "never connected");
        return record.LastDisconnectedAt is { } ended && ended >= connected
            ? new AgentPresence.Away(ended, "closed")
            : new AgentPresence.Away(null, "controller was restarted");
    }

    private AgentEntry[] Sort_NeedsLock()
    {
        var entries = _byId.Values.ToArray();
        Array.Sort(entries, static (a, b) => NaturalOrder.Comparer.Compare(a.Name, b.Name));
        return entries;
    }
}
