using Fleet.Controller.Dispatch;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Text;
using Fleet.Protocol.V1;
using Google.Protobuf.Collections;

namespace Fleet.Controller.Link;

/// <summary>A hello of which every field has been checked.</summary>
/// <param name="Incarnation">Which life of the host and of its journal: boot id, slash, journal id.</param>
/// <param name="ProcessId">Which start of the agent's process.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="Facts">Its facts.</param>
/// <param name="Held">The tasks it has.</param>
/// <param name="ScanSetDigest">Of the scans it runs; empty: none.</param>
internal sealed record CheckedHello(
    string Incarnation,
    string ProcessId,
    string Version,
    IReadOnlyDictionary<string, string> Facts,
    IReadOnlyList<HeldTaskReport> Held,
    string ScanSetDigest);

/// <summary>Checks what agents say first. Nothing is trusted from the wire.</summary>
internal static class HelloCheck
{
    /// <summary>The protocol this controller speaks.</summary>
    public const uint ProtocolVersion = 1;

    private const int LongestId = 64;
    private const int LongestVersion = 64;

    /// <summary>Checks a hello; null with the fault named where it is not good.</summary>
    public static CheckedHello? Check(Hello hello, out string fault)
    {
        fault = "";
        if (!IsId(hello.BootId))
            fault = Bad("boot_id");
        else if (!IsId(hello.JournalId))
            fault = Bad("journal_id");
        else if (!IsId(hello.ProcessId))
            fault = Bad("process_id");
        else if (hello.AgentVersion.Length is 0 or > LongestVersion || !OneLineText.IsClean(hello.AgentVersion))
            fault = $"hello.agent_version must have 1 to {LongestVersion} printable characters";
        else if (hello.HeldTasks.Count > Limits.HeldTasks)
            fault = $"hello.held_tasks names {hello.HeldTasks.Count} tasks, at most {Limits.HeldTasks} are allowed";
        else if (hello.ScanSetDigest.Length > LongestId || !hello.ScanSetDigest.All(char.IsAsciiHexDigit))
            fault = $"hello.scan_set_digest must have at most {LongestId} hexadecimal digits";
        if (fault.Length > 0)
            return null;

        var facts = FactsCheck.Check(hello.Facts, out fault);
        var held = facts is null ? null : CheckHeld(hello.HeldTasks, out fault);
        return held is null
            ? null
            : new CheckedHello($"{hello.BootId}/{hello.JournalId}", hello.ProcessId, hello.AgentVersion, facts!, held, hello.ScanSetDigest);
    }

    private static List<HeldTaskReport>? CheckHeld(RepeatedField<HeldTask> tasks, out string fault)
    {
        fault = "";
        var held = new List<HeldTaskReport>(tasks.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var task in tasks)
        {
            if (!TaskId.TryParse(task.TaskId, out _))
                fault = $"hello.held_tasks[{held.Count}].task_id is not a task id";
            else if (!seen.Add(task.TaskId))
                fault = $"hello.held_tasks names the task {task.TaskId} twice";
            else if (task.LastSeq > long.MaxValue || task.AcknowledgedSeq > task.LastSeq)
                fault = $"hello.held_tasks[{held.Count}] has acknowledged_seq beyond last_seq, or a last_seq out of range";
            if (fault.Length > 0)
                return null;
            held.Add(new HeldTaskReport(task.TaskId, (long)task.LastSeq, task.Running));
        }

        return held;
    }

    private static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Bad(string field) => $"hello.{field} must have 1 to {LongestId} letters, digits, '-', '_' or '.'";
}
