using Fleet.Controller.Admission;
using Fleet.Controller.Hosting;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Artifacts;

/// <summary>
/// How many may be sent an artifact at once: a thousand hosts that are installed must not slow down the fleet that is there. Agents and
/// those who show no certificate have places of their own, and a single one has few.
/// </summary>
internal sealed class ArtifactPlaces(Reloadable<ControllerOptions> options)
{
    // One for the upgrade, one for a fetch of before whose end is not noticed yet.
    private const int PerAgent = 2;

    private readonly Shares<PeerSource> _anonymous = new(() => options.Value.Anonymous.MaxDownloads, () => options.Value.Anonymous.MaxDownloadsPerSource);
    private readonly Shares<string> _agents = new(() => options.Value.MaxAgentDownloads, static () => PerAgent);

    /// <summary>Places that those without a certificate have taken.</summary>
    public int AnonymousTaken => _anonymous.Taken;

    /// <summary>Takes a place for somebody without a certificate, until the result is disposed; null where none is free.</summary>
    public IDisposable? TryTakeAnonymous(PeerSource source) => _anonymous.TryTake(source);

    /// <summary>The same for an agent.</summary>
    public IDisposable? TryTake(string agentId) => _agents.TryTake(agentId);
}
