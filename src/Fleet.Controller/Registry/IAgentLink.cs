using Fleet.Protocol.V1;

namespace Fleet.Controller.Registry;

/// <summary>The live link of an agent, as the rest of the controller sees it. Every member is safe from any thread and never waits.</summary>
internal interface IAgentLink
{
    /// <summary>When it began.</summary>
    DateTimeOffset Since { get; }

    /// <summary>The host's architecture, as uname -m has it; empty where the agent does not say.</summary>
    string Architecture { get; }

    /// <summary>When the agent was last heard.</summary>
    DateTimeOffset LastHeard { get; }

    /// <summary>Tasks that run on the agent, by its last heartbeat.</summary>
    int RunningTasks { get; }

    /// <summary>The round trip that the agent measured last; zero: none yet.</summary>
    TimeSpan RoundTrip { get; }

    /// <summary>What limits the agent, by its last heartbeat.</summary>
    IReadOnlyList<ReportedCondition> Conditions { get; }

    /// <summary>The set of scans that the agent has or has just been sent; empty: none.</summary>
    string ScanSetDigest { get; set; }

    /// <summary>Queues a message; false if the link is ending. A link whose queue is full is cut: its peer does not read.</summary>
    bool Post(ControllerMessage message);

    /// <summary>Ends the link and says why.</summary>
    void Cut(Goodbye goodbye);
}
