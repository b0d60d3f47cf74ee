using Fleet.Controller.Registry;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>A link that only remembers what was posted to it.</summary>
internal sealed class FakeLink : IAgentLink
{
    public List<ControllerMessage> Posted { get; } = [];

    public Goodbye? CutWith { get; private set; }

    public DateTimeOffset Since => default;

    public string Architecture { get; init; } = "";

    public DateTimeOffset LastHeard { get; init; }

    public int RunningTasks => 0;

    public TimeSpan RoundTrip => TimeSpan.Zero;

    public IReadOnlyList<ReportedCondition> Conditions => [];

    public string ScanSetDigest { get; set; } = "";

    public bool Post(ControllerMessage message)
    {
        Posted.Add(message);
        return true;
    }

    public void Cut(Goodbye goodbye) => CutWith = goodbye;
}
