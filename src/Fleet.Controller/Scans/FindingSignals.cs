using Fleet.Controller.Alerts;
using Fleet.Controller.Hits;

namespace Fleet.Controller.Scans;

/// <summary>Wakes whoever waits for findings: the judge, and those who follow hits.</summary>
internal sealed class FindingSignals(EvaluationSignal judge, HitSignal followers)
{
    /// <summary>Findings are stored.</summary>
    public void Set()
    {
        judge.Set();
        followers.Pulse();
    }
}
