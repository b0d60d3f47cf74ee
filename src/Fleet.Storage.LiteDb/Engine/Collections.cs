using System.Collections.Frozen;

namespace Fleet.Storage.LiteDb;

/// <summary>The collections and their indexes. Fields that are there for an index alone are null in documents that it need not find.</summary>
internal static class Collections
{
    public const string Schema = "schema";
    public const string State = "state";
    public const string Settings = "settings";
    public const string Tokens = "tokens";
    public const string Agents = "agents";
    public const string Superseded = "superseded";
    public const string Operators = "operators";
    public const string Revocations = "revocations";
    public const string Jobs = "jobs";
    public const string Payloads = "payloads";
    public const string Tasks = "tasks";
    public const string OpenTasks = "open_tasks";
    public const string Events = "events";
    public const string Scans = "scans";
    public const string Channels = "channels";
    public const string Assignments = "assignments";
    public const string Findings = "findings";
    public const string ScanTotals = "scan_totals";
    public const string FindingCounts = "finding_counts";
    public const string Alerts = "alerts";
    public const string Silences = "silences";
    public const string Deliveries = "deliveries";

    /// <summary>Each collection with the fields that have an index; a "!" after those that are unique.</summary>
    public static readonly FrozenDictionary<string, string[]> Indexes = new Dictionary<string, string[]>
    {
        [Schema] = [],
        [State] = [],
        [Settings] = [],
        [Tokens] = ["hash!"],
        // name: in lower case, of active ones only.
        [Agents] = ["enrollment!", "name_key"],
        [Superseded] = ["agent"],
        [Operators] = ["enrollment!", "name_key"],
        [Revocations] = [],
        // age: created, key. open: key. finished_key and logged: finished, key. purged: key.
        [Jobs] = ["job!", "request", "age!", "open", "finished_key", "logged", "purged"],
        [Payloads] = [],
        // The id is job, ordinal.
        [Tasks] = [],
        // The id is hash of the agent, job, ordinal.
        [OpenTasks] = [],
        // The id is job, position.
        [Events] = [],
        [Scans] = [],
        [Channels] = [],
        [Assignments] = ["agent"],
        // once: hash of agent, scan, id. of_scan: hash of the scan, time, position. of_agent: hash of agent and scan, position.
        [Findings] = ["once!", "of_scan!", "of_agent!"],
        [ScanTotals] = [],
        [FindingCounts] = [],
        // open: the fingerprint. started and resolved: time, id.
        [Alerts] = ["open", "started!", "resolved"],
        [Silences] = [],
        // waiting: the channel.
        [Deliveries] = ["alert", "waiting"],
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
