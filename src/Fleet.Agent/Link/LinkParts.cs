using Fleet.Agent.Diagnosis;
using Fleet.Agent.Facts;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Scanning;
using Fleet.Agent.Tasks;

namespace Fleet.Agent.Link;

/// <summary>What a link works with.</summary>
/// <param name="ProcessId">Made at the start of this process.</param>
/// <param name="Journal">Where records are.</param>
/// <param name="Desk">Where orders go.</param>
/// <param name="Facts">What describes this host.</param>
/// <param name="Renewal">Renews the certificate; null where there is none to renew.</param>
/// <param name="Options">Limits.</param>
/// <param name="Time">The clock.</param>
/// <param name="Scans">The standing scans; null where there are none.</param>
/// <param name="Machine">Which machine this is; empty: it cannot be told.</param>
/// <param name="Conditions">What limits this agent; null where nobody looks.</param>
internal sealed record LinkParts(
    string ProcessId, TaskJournal Journal, TaskSupervisor Desk, HostFacts Facts, CertificateRenewal? Renewal, LinkOptions Options, TimeProvider Time,
    ScanDesk? Scans = null, string Machine = "", ConditionTracker? Conditions = null);
