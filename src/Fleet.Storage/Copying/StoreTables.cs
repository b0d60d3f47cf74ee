namespace Fleet.Storage;

/// <summary>All that a store holds, in an order in which it can be written: what others refer to comes first, and whose store it is comes last.</summary>
/// <remarks>
/// What a provider can make out of other rows, such as an index, is not in it. Tests hold it against the tables and collections that providers
/// have: one that is missing here fails them.
/// </remarks>
public static class StoreTables
{
    internal static readonly StoreTable Settings = new("settings", "name text", "value bytes");

    internal static readonly StoreTable Tokens = new(
        "tokens", "id text", "secret_hash bytes", "kind number", "role number?", "labels text", "expires_at number", "max_uses number?", "uses number",
        "allow_replace number", "created_at number", "created_by text", "revoked_at number?", "note text", "allowed_labels text?");

    internal static readonly StoreTable Agents = new(
        "agents", "id text", "name text", "enrollment_id text", "state number", "labels text", "facts text", "facts_at number?", "certificate_serial text",
        "certificate_not_after number", "enrolled_at number", "enrolled_by_token text", "last_connected_at number?", "last_disconnected_at number?",
        "version text?", "machine text?", "duplicate_at number?", "duplicate_note text?");

    internal static readonly StoreTable Superseded = new("superseded_certificates", "serial text", "agent_id text", "not_after number");

    internal static readonly StoreTable Operators = new(
        "operators", "id text", "name text", "enrollment_id text", "role number", "state number", "certificate_serial text", "certificate_not_after number",
        "created_at number", "enrolled_by_token text?");

    internal static readonly StoreTable Revocations = new("revocations", "serial text", "not_after number", "revoked_at number", "reason text");

    internal static readonly StoreTable Jobs = new(
        "jobs", "key number", "id text", "request_id text?", "created_at number", "operator_id text", "operator_name text", "target text", "summary text",
        "spec_digest bytes", "retry_of text?", "state number", "deadline number?", "cancel_requested_at number?", "cancel_requested_by text?",
        "finished_at number?", "pending number", "dispatched number", "running number", "succeeded number", "failed number", "timed_out number",
        "cancelled number", "rejected number", "expired number", "interrupted number", "skipped number", "output_bytes number", "output_dropped_at number?",
        "purge number");

    internal static readonly StoreTable Payloads = new("job_payloads", "job_key number", "spec bytes", "options bytes");

    internal static readonly StoreTable Tasks = new(
        "tasks", "job_key number", "ordinal number", "agent_id text", "agent_name text", "state number", "deliver_by number?", "dispatched_to text?",
        "last_agent_seq number", "started_at number?", "ended_at number?", "reason text?", "exit_code number?", "result bytes?");

    internal static readonly StoreTable Events = new(
        "events", "job_key number", "seq number", "ordinal number", "kind number", "agent_seq number?", "at number", "data bytes");

    internal static readonly StoreTable Scans = new(
        "scans", "name text", "revision number", "definition bytes", "paused number", "changed_at number", "changed_by text");

    internal static readonly StoreTable Channels = new("channels", "name text", "definition bytes");

    internal static readonly StoreTable Assignments = new("scan_assignments", "agent_id text", "scan text", "revision number", "until number?");

    internal static readonly StoreTable Findings = new(
        "findings", "seq number", "kind number", "scan text", "agent_id text", "agent_name text", "id bytes", "severity number", "pattern text", "source text",
        "template text", "at number", "received_at number", "count number", "text bytes", "data bytes", "unassigned number");

    internal static readonly StoreTable ScanTotals = new("scan_totals", "scan text", "hits number", "gaps number", "last_at number");

    internal static readonly StoreTable FindingCounts = new("finding_counts", "agent_id text", "scan text", "count number");

    internal static readonly StoreTable Alerts = new(
        "alerts", "id text", "scan text", "pattern text", "fingerprint text", "agent_name text", "template text", "severity number", "state number",
        "started_at number", "fired_at number?", "last_hit_at number", "resolved_at number?", "count number", "detail bytes", "silence_id text?",
        "acknowledged_by text?", "acknowledged_at number?", "acknowledgement text?");

    internal static readonly StoreTable Silences = new(
        "silences", "id text", "scan text", "pattern text", "agent_name text", "created_at number", "expires_at number", "created_by text", "comment text");

    internal static readonly StoreTable Deliveries = new(
        "deliveries", "key number", "alert_id text", "channel text", "occasion text", "message bytes", "created_at number", "not_before number?",
        "severity number", "due number?", "attempts number", "sent_at number?", "last_fault text");

    /// <summary>One row: whose store it is, how far it has come, and the numbers that were given out and must not be given out again.</summary>
    internal static readonly StoreTable State = new(
        "state", "fleet_id text", "revision number", "judged_up_to number", "last_event number", "last_finding number", "last_delivery number");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<StoreTable> All { get; } =
    [
        Settings, Tokens, Agents, Superseded, Operators, Revocations, Jobs, Payloads, Tasks, Events, Scans, Channels, Assignments, Findings, ScanTotals,
        FindingCounts, Alerts, Silences, Deliveries, State,
    ];
}
