using Fleet.Controller.Registry;

namespace Fleet.Controller.Tailing;

/// <summary>How a host stands in a tail.</summary>
internal enum TailHostState
{
    /// <summary>It has no link; it is asked when it has.</summary>
    Away = 0,

    /// <summary>It was asked and has not answered yet.</summary>
    Asked,

    /// <summary>It follows.</summary>
    Following,

    /// <summary>It does not follow, and is not asked again.</summary>
    Ended,
}

/// <summary>One host of a tail.</summary>
/// <remarks>Guarded by the tail's lock.</remarks>
internal sealed class TailHost(AgentEntry agent, TailCredits credits)
{
    /// <summary>The host.</summary>
    public AgentEntry Agent { get; } = agent;

    /// <summary>What it may send.</summary>
    public TailCredits Credits { get; set; } = credits;

    /// <summary>Bytes of its lines that wait for the operator.</summary>
    public int WaitingBytes { get; set; }

    /// <summary>The link on which it was asked; null while there is none.</summary>
    public IAgentLink? Link { get; set; }

    public TailHostState State { get; set; }

    /// <summary>When it was asked.</summary>
    public long AskedAt { get; set; }

    /// <summary>Whether it has been asked before: then only what is written from now on is wanted.</summary>
    public bool WasAsked { get; set; }

    /// <summary>Why it does not follow now; empty when it does.</summary>
    public string Reason { get; set; } = "";
}
