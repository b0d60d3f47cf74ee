using Fleet.Controller.Logging;
using Fleet.Controller.Admission;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Link;

/// <summary>What all links share, so that each holds one reference instead of five.</summary>
internal sealed record SessionServices(RecordIngest Ingest, Reloadable<LinkOptions> Options, Reloadable<HandshakeOptions> Handshakes, PeerLines Lines, TimeProvider Time, ILogger<AgentSession> Log);
