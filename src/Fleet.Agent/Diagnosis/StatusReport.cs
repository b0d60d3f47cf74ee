using System.Security.Cryptography.X509Certificates;
using Fleet.Agent.Execution;
using Fleet.Agent.Facts;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Upgrading;
using Fleet.Protocol.Units;

namespace Fleet.Agent.Diagnosis;

/// <summary>What `fleet-agent status` prints: read from the state directory, without asking the running agent.</summary>
internal sealed class StatusReport(StateDirectory state, AgentOptions settings, TimeProvider time)
{
    private const int MostTasksNamed = 10;

    /// <summary>Prints it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="enrollment">Who this host is.</param>
    /// <param name="certificate">Its certificate.</param>
    /// <param name="isRunning">Whether an agent holds the state directory.</param>
    public void Write(TextWriter output, Enrollment enrollment, X509Certificate2 certificate, bool isRunning)
    {
        var link = LinkDiary.Read(state.Path);
        var (running, waiting, bytes) = Tasks();
        Say("name", enrollment.Name);
        Say("id", enrollment.AgentId.ToString()!);
        Say("controller", enrollment.Controller.ToString());
        if (enrollment.Proxy is not null)
            Say("proxy", enrollment.Proxy.ToString());
        Say("certificate", $"valid until {LinkDiary.Stamp(certificate.NotAfter)} ({Days(certificate.NotAfter)})");
        Say("process", isRunning ? $"running{(link is null ? "" : $", version {link.Version}, process {link.Process}")}" : "not running");
        Say("connection", Link(link, isRunning));
        Say("versions", Versions());
        Say("running", running.Count == 0 ? "no tasks" : $"{Count(running.Count, "task")}: {string.Join(", ", running.Take(MostTasksNamed))}{(running.Count > MostTasksNamed ? ", ..." : "")}");
        Say("spool", $"{new ByteSize(bytes)} of {new ByteSize(settings.MaxJournalBytes)}; {Count(waiting, "ended task")} {(waiting == 1 ? "waits" : "wait")} for the controller");
        Say("disk", $"{DiskSpace.Text(DiskSpace.FreeBytes(state.Path))} are free for {state.Path}");
        foreach (var condition in Conditions(bytes, link, isRunning))
            Say("limited by", condition.Message);
        if (link is { Failure.Length: > 0 })
            Say("last attempt", link.Failure);
        foreach (var loss in link?.Losses ?? [])
            Say("disconnected", loss);

        void Say(string name, string value) => output.WriteLine($"{name,-12} {value}");
    }

    /// <summary>As the running agent would say it, from what can be seen from outside: on a full disk it cannot write it down.</summary>
    private IEnumerable<HostCondition> Conditions(long journalBytes, LinkEntry? link, bool isRunning)
    {
        if (DiskSpace.Condition(state.Path) is { } disk)
            yield return disk;
        if (journalBytes >= settings.MaxJournalBytes)
            yield return new HostCondition("journal-full", $"undelivered records fill the journal (journal.maxBytes is {new ByteSize(settings.MaxJournalBytes)}): tasks are rejected");
        if (isRunning && link is not null && OpenFilesBudget.OfProcess(link.Process)?.Condition(settings.MaxTasks) is { } files)
            yield return files;
    }

    private static string Count(int count, string thing) => $"{count} {thing}{(count == 1 ? "" : "s")}";

    private string Days(DateTime notAfter)
    {
        var left = notAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
        return left < TimeSpan.Zero ? "expired: enroll this host again" : $"{left.TotalDays:0} days left";
    }

    private static string Link(LinkEntry? link, bool isRunning) =>
        !isRunning ? "none: the agent is not running"
        : link is null ? "not known yet"
        : link.IsLinked ? $"up since {LinkDiary.Stamp(link.Since)}, controller {link.ControllerVersion}; this host's clock is {Clock.Describe(link.Ahead)}"
        : $"none; last attempt {LinkDiary.Stamp(link.Since)}";

    private string Versions()
    {
        var installed = $"{AgentVersion.Text} is installed";
        try
        {
            var selection = new SelectionFile(new VersionStore(state.Path), time).Read();
            var current = selection.Current.Length == 0 ? "" : $"; {selection.Current} is in use";
            var previous = selection.Previous.Length == 0 ? "" : $"; {selection.Previous} is kept";
            return installed + current + previous + (selection.Trial is { } trial ? $"; {trial.Id} is on trial" : "");
        }
        catch (InvalidDataException e)
        {
            return $"{installed}; {e.Message}";
        }
    }

    private (List<string> Running, int Waiting, long Bytes) Tasks()
    {
        var running = new List<string>();
        var waiting = 0;
        var bytes = 0L;
        foreach (var (id, path) in Directory.Exists(state.Tasks) ? state.TaskLogs() : [])
        {
            try
            {
                using var file = File.OpenHandle(path);
                bytes += RandomAccess.GetLength(file);
                if (RecoveredLog.Read(id, file) is { HasEnded: true })
                    waiting++;
                else
                    running.Add(id.ToString());
            }
            catch (FileNotFoundException)
            {
                // Delivered meanwhile.
            }
        }

        return (running, waiting, bytes);
    }
}
