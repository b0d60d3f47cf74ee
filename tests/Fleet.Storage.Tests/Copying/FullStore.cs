using System.Text.Json;

namespace Fleet.Storage.Tests.Copying;

/// <summary>A store in which there is something of everything, and all that can be asked of one.</summary>
internal static class FullStore
{
    public static readonly StoreExpectation OfAFleet = new() { FleetId = "f1ee7", LeastRevision = 0 };

    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Puts it in, through the contracts alone.</summary>
    public static async Task FillAsync(IFleetStore store, SettableTime time)
    {
        await AddPeopleAndHostsAsync(store);
        await RunJobsAsync(store, time);
        await ReportAsync(store);
        await RaiseAlertsAsync(store);
        await store.Settings.SetAsync("root", [0, 1, 255], None).InTime();
        await store.Settings.SetAsync("empty", [], None).InTime();
    }

    /// <summary>What the store answers, each question with its answer.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> AskAsync(IFleetStore store)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        await AskAsync("settings", store.Settings.GetAsync("root", None));
        await AskAsync("empty setting", store.Settings.GetAsync("empty", None));
        await AskAsync("identity", store.Revisions.GetAsync(None));
        await AskAsync("tokens", store.Tokens.ListAsync(None));
        await AskAsync("agents", store.Agents.ListAsync(includeRemoved: true, None));
        await AskAsync("superseded", store.Agents.ListSupersededAsync(None));
        await AskAsync("operators", store.Operators.ListAsync(None));
        await AskAsync("revocations", store.Revocations.ListAsync(None));
        var jobs = await store.Jobs.ListAsync(new JobQuery(), None).InTime();
        await AskAsync("jobs", Task.FromResult(jobs));
        foreach (var job in jobs.Jobs)
        {
            await AskAsync($"payload of {job.Id}", store.Jobs.GetPayloadAsync(job.Id, None));
            await AskAsync($"tasks of {job.Id}", store.Jobs.ListTasksAsync(job.Id, new TaskQuery(), None));
            await AskAsync($"log of {job.Id}", store.Events.ReadAsync(job.Id, 0, 1000, 1 << 20, None));
        }

        await AskAsync("open jobs", store.Jobs.ListOpenAsync(None));
        await AskAsync("open tasks", store.Jobs.ListOpenTasksOfAgentAsync("id-web001", None));
        await AskAsync("request", store.Jobs.FindByRequestAsync("id-ann", "request-open", None));
        await AskAsync("scans", store.Scans.ListAsync(None));
        await AskAsync("assignments", store.Scans.ListAssignmentsAsync(None));
        await AskAsync("findings", store.Findings.ReadAsync(new FindingQuery { Order = FindingOrder.Arrival }, None));
        await AskAsync("findings of an agent", store.Findings.ReadAsync(new FindingQuery { AgentIds = ["id-web001"] }, None));
        await AskAsync("findings of a scan", store.Findings.ReadAsync(new FindingQuery { Scans = ["oom"] }, None));
        await AskAsync("totals", store.Findings.TotalsAsync(None));
        await AskAsync("clusters", store.Findings.ClustersAsync(new FindingQuery(), None));
        await AskAsync("scans of findings", store.Findings.ScansAsync(None));
        await AskAsync("last finding", store.Findings.LastSeqAsync(None));
        await AskAsync("alerts", store.Alerts.ListAsync(includeResolved: true, scan: null, 100, None));
        await AskAsync("judged", store.Alerts.LoadAsync(None));
        await AskAsync("deliveries", store.Alerts.DeliveriesOfAsync(["a1", "a2"], None));
        await AskAsync("waiting", store.Alerts.DueAsync("ops", Some.Time.AddDays(9), 10, None));
        await AskAsync("newest", store.Retention.FindNewestAsync(None));
        return answers;

        async Task AskAsync<T>(string question, Task<T> answer) => answers.Add(question, JsonSerializer.Serialize(await answer.InTime()));
    }

    private static async Task AddPeopleAndHostsAsync(IFleetStore store)
    {
        var token = Some.AgentToken() with
        {
            Labels = new Dictionary<string, string> { ["role"] = "web", ["odd"] = "a\0b \U0001F4A9" }, AllowedLabels = ["rack", "*"], MaxUses = 9, AllowReplace = true, Note = "for rack 7",
        };
        await store.Tokens.CreateAsync(token, None).InTime();
        await store.Tokens.CreateAsync(Some.OperatorToken(), None).InTime();
        await store.Tokens.CreateAsync(Some.AgentToken("tok2"), None).InTime();
        await store.Tokens.RevokeAsync("tok2", Some.Time.AddSeconds(1), None).InTime();

        foreach (var name in (string[])["web001", "web002", "Web003"])
            await store.Agents.EnrollAsync(Some.Enrollment(name), None).InTime();
        await store.Agents.SetFactsAsync("id-web001", new Dictionary<string, string> { ["os"] = "Debian 12" }, Some.Time.AddSeconds(2), None).InTime();
        await store.Agents.RecordConnectedAsync("id-web001", "0.2.0", Some.Time.AddSeconds(3), None).InTime();
        await store.Agents.RecordDisconnectedAsync("id-web001", Some.Time.AddSeconds(4), None).InTime();
        await store.Agents.SetCertificateAsync("id-web001", "serial-2", Some.Time.AddDays(99), None).InTime();
        await store.Agents.SetMachineAsync("id-web001", "m1", None).InTime();
        await store.Agents.SetDuplicateAsync("id-web001", Some.Time.AddSeconds(5), "two of them", None).InTime();
        await store.Agents.RemoveAsync("id-Web003", Some.Time.AddSeconds(6), None).InTime();

        await store.Operators.EnrollAsync(Some.OperatorEnrollment(), None).InTime();
        await store.Operators.AddAsync(
            new OperatorRecord
            {
                Id = "id-bob", Name = "Bob", Role = OperatorRole.Viewer, CertificateSerial = "s-bob", CertificateNotAfter = Some.Time.AddDays(1), CreatedAt = Some.Time, EnrollmentId = "e-bob",
            },
            None).InTime();
        await store.Operators.RevokeAsync("id-bob", Some.Time.AddSeconds(7), None).InTime();
        await store.Revocations.AddAsync(new RevocationRecord("1f", Some.Time.AddDays(1), Some.Time, "lost"), None).InTime();
    }

    private static async Task RunJobsAsync(IFleetStore store, SettableTime time)
    {
        // Its log is dropped.
        var old = Some.Job("old");
        await store.Jobs.CreateAsync(old, None).InTime();
        await store.Events.AppendAsync([Some.Started(old, 1), Some.Ended(old, 1), Some.Started(old, 2), Some.Ended(old, 2)], None).InTime();
        time.Now = Some.Time.AddDays(2);
        await store.Retention.SweepAsync(new RetentionPolicy { MaxJobAge = null, MaxOutputAge = TimeSpan.FromDays(1), MaxOutputBytes = null }, time.Now, None).InTime();

        var done = Some.Job("done") with { RetryOf = "old", Deadline = Some.Time.AddHours(1), Summary = "summary with \0 and \uFEFF" };
        await store.Jobs.CreateAsync(done, None).InTime();
        await store.Events.AppendAsync(
            [
                Some.Dispatched(done, 1), Some.Started(done, 1), Some.Event(done, 1, TaskEventKind.Output, 2, [0, 10, 255]), Some.Ended(done, 1, 3, TaskState.Failed),
                Some.Event(done, 2, TaskEventKind.Note) with { Move = new TaskMove(TaskState.Expired) { Reason = "was away" } },
                Some.Event(done, 0, TaskEventKind.Note),
            ],
            None).InTime();

        var open = Some.Job("open");
        await store.Jobs.CreateAsync(open, None).InTime();
        await store.Events.AppendAsync([Some.Dispatched(open, 1), Some.Started(open, 1)], None).InTime();
        await store.Jobs.RequestCancelAsync("open", "ann", Some.Time.AddSeconds(9), None).InTime();
    }

    private static async Task ReportAsync(IFleetStore store)
    {
        await store.Scans.ApplyAsync(
            new ScanChanges
            {
                Scans = new Dictionary<string, byte[]> { ["oom"] = [1], ["disk"] = [2] }, Channels = new Dictionary<string, byte[]> { ["ops"] = [3] }, At = Some.Time, By = "ada",
            },
            None).InTime();
        await store.Scans.SetPausedAsync(["disk"], true, Some.Time.AddSeconds(1), "eve", None).InTime();
        await store.Scans.PutAssignmentsAsync([new("id-web001", "oom", 5, null), new("id-web001", "disk", 6, Some.Time.AddDays(1))], None).InTime();
        await store.Findings.AppendAsync(
            [
                Hit("oom", "web001", 1) with { Severity = 3, Pattern = "kill", Source = "/var/log/syslog", Template = "killed <*>", Text = [0xff, 0, 65], Data = [1, 2] },
                Hit("oom", "web001", 2) with { Kind = FindingKind.Summary, Count = 12, Template = "killed <*>", Text = [0xff, 0, 65], At = Some.Time.AddTicks(12_345_670) },
                Hit("disk", "web002", 3) with { Kind = FindingKind.Gap, Count = 0 },
                Hit("disk", "web002", 4) with { IsUnassigned = true },
                Hit("gone", "web002", 5),
            ],
            Some.Time.AddSeconds(3),
            None).InTime();
        // The last one is gone, and its position is not given out again.
        await store.Alerts.CommitAsync(new AlertCommit(5, [], []), None).InTime();
        (await store.Findings.DeleteOldAsync("gone", Some.Time.AddDays(1), 10, None).InTime()).ShouldBe(1);
    }

    private static async Task RaiseAlertsAsync(IFleetStore store)
    {
        var firing = new AlertRecord
        {
            Id = "a1", Scan = "oom", Pattern = "kill", Fingerprint = "oom/kill", AgentName = "web001", Template = "killed <*>", Severity = 3, State = AlertState.Firing, StartedAt = Some.Time,
            FiredAt = Some.Time.AddSeconds(1), LastHitAt = Some.Time.AddSeconds(2), Count = 13, Detail = [1, 2], SilenceId = "s1",
        };
        var resolved = firing with { Id = "a2", State = AlertState.Resolved, ResolvedAt = Some.Time.AddSeconds(9), SilenceId = null };
        NewDelivery[] deliveries =
        [
            new("a1", "ops", "firing", [1], Some.Time) { NotBefore = Some.Time.AddSeconds(5), Severity = 3 },
            new("a2", "ops", "firing", [2], Some.Time),
            new("a2", "ops", "resolved", [], Some.Time),
        ];
        await store.Alerts.CommitAsync(new AlertCommit(4, [resolved, firing], deliveries), None).InTime();
        await store.Alerts.AcknowledgeAsync(["a1"], "ann", "seen", Some.Time.AddSeconds(8), None).InTime();
        var messages = await store.Alerts.DeliveriesOfAsync(["a2"], None).InTime();
        await store.Alerts.RecordAttemptsAsync(
            new Dictionary<long, DeliveryAttempt>
            {
                [messages[0].Key] = new(Some.Time.AddSeconds(3), null, ""), [messages[1].Key] = new(null, Some.Time.AddSeconds(60), "connection refused"),
            },
            None).InTime();
        await store.Alerts.AddSilenceAsync(
            new SilenceRecord
            {
                Id = "s1", Scan = "o*", Pattern = "k*", AgentName = "web*", CreatedAt = Some.Time, ExpiresAt = Some.Time.AddHours(1), CreatedBy = "ada", Comment = "works",
            },
            None).InTime();
    }

    public static Finding Hit(string scan, string agent, byte id) =>
        new() { Kind = FindingKind.Hit, Scan = scan, AgentId = "id-" + agent, AgentName = agent, Id = [id], At = Some.Time };
}
