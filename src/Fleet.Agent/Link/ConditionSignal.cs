using Fleet.Agent.Diagnosis;

namespace Fleet.Agent.Link;

/// <summary>Wakes one link's writer when what limits this agent has changed.</summary>
internal sealed class ConditionSignal : IDisposable
{
    private readonly ConditionTracker? _conditions;
    private readonly WakeUp _wakeUp;

    public ConditionSignal(ConditionTracker? conditions, WakeUp wakeUp)
    {
        (_conditions, _wakeUp) = (conditions, wakeUp);
        if (_conditions is not null)
            _conditions.Changed += _wakeUp.Set;
    }

    public void Dispose()
    {
        if (_conditions is not null)
            _conditions.Changed -= _wakeUp.Set;
    }
}
