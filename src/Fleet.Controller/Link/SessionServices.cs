using Fleet.Controller.Logging;

namespace Fleet.Controller.Link;

/// <summary>What all links share, so that each holds one reference instead of five.</summary>
internal sealed record SessionServices(RecordIngest Ingest, LinkOptions Options, PeerLines Lines, TimeProvider Time, ILogger<AgentSession> Log);
