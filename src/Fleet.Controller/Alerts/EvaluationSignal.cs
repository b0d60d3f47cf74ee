using Fleet.Controller.Scans;

namespace Fleet.Controller.Alerts;

/// <summary>Says that there are findings to judge.</summary>
internal sealed class EvaluationSignal
{
    /// <summary>The loop's.</summary>
    public WakeUp Wake { get; } = new();

    /// <summary>New findings are stored, or silences and rules have changed.</summary>
    public void Set() => Wake.Set();
}
