using System.Text;

namespace Fleet.Storage.Tests.Contract;

/// <summary>Scans, findings and alerts.</summary>
public abstract class ScanContract(IStoreProvider provider) : StoreContract(provider)
{
    [Fact]
    public async Task Scans_are_changed_together_and_every_change_raises_the_revision()
    {
        var first = await ApplyAsync(Some.Time, scans: ["oom", "disk"], channels: ["ops"]);
        var second = await ApplyAsync(Some.Time.AddMinutes(-5), scans: ["oom"]);
        var third = await Store.Scans.SetPausedAsync(["oom", "nosuch"], true, Some.Time, "eve", None).InTime();
        await ReopenAsync();

        first.Scans.Select(scan => scan.Name).ShouldBe(["disk", "oom"]);
        Revision(second, "oom").ShouldBeGreaterThan(Revision(first, "oom"));
        Revision(third, "oom").ShouldBeGreaterThan(Revision(second, "oom"));
        var book = await Store.Scans.ListAsync(None).InTime();
        book.Scans.Single(scan => scan.Name == "oom").Paused.ShouldBeTrue();
        book.Scans.Single(scan => scan.Name == "oom").ChangedBy.ShouldBe("eve");
        book.Channels.Single().Definition.ShouldBe("ops"u8.ToArray());

        var changes = new ScanChanges { DeletedScans = ["oom"], DeletedChannels = ["ops"], At = Some.Time.AddHours(1), By = "ada" };
        var fourth = await Store.Scans.ApplyAsync(changes, None).InTime();
        fourth.Scans.Select(scan => scan.Name).ShouldBe(["disk"]);
        fourth.Channels.ShouldBeEmpty();
        Revision(await ApplyAsync(Some.Time.AddHours(2), scans: ["oom"]), "oom").ShouldBeGreaterThan(Revision(third, "oom"));
    }

    [Fact]
    public async Task A_finding_is_stored_once_however_often_it_comes()
    {
        (await Store.Findings.AppendAsync([Hit("oom", "web1", 1), Hit("oom", "web1", 2), Hit("oom", "web1", 1)], Some.Time, None).InTime()).ShouldBe(2);
        await ReopenAsync();
        var again = new[] { Hit("oom", "web1", 2), Hit("oom", "web2", 2), Hit("disk", "web1", 2) };
        (await Store.Findings.AppendAsync(again, Some.Time, None).InTime()).ShouldBe(2);

        var totals = await Store.Findings.TotalsAsync(None).InTime();
        totals.Select(total => (total.Scan, total.Hits)).ShouldBe([("disk", 1), ("oom", 3)]);
    }

    [Fact]
    public async Task Findings_come_back_as_they_were()
    {
        var hit = Hit("oom", "web1", 7) with { Text = [0xff, 0, 65], Data = [1, 2], Template = "killed <*>", Count = 12, Kind = FindingKind.Summary };
        await Store.Findings.AppendAsync([hit], Some.Time.AddSeconds(3), None).InTime();

        var stored = (await Store.Findings.ReadAsync(new FindingQuery(), None).InTime()).Single();
        stored.ReceivedAt.ShouldBe(Some.Time.AddSeconds(3));
        (stored.Finding with { Id = hit.Id, Text = hit.Text, Data = hit.Data }).ShouldBe(hit);
        stored.Finding.Text.ShouldBe(hit.Text);
        stored.Finding.Data.ShouldBe(hit.Data);
    }

    [Fact]
    public async Task A_query_selects_by_all_that_it_says()
    {
        await Store.Findings.AppendAsync(
            [
                Hit("oom", "web1", 1) with { Severity = 3, Pattern = "kill", Text = "Killed process 4"u8.ToArray() },
                Hit("oom", "web2", 2) with { Severity = 1, Pattern = "oops", At = Some.Time.AddMinutes(2) },
                Hit("disk", "web1", 3) with { At = Some.Time.AddMinutes(3) },
                Hit("disk", "web1", 4) with { Kind = FindingKind.Gap, At = Some.Time.AddMinutes(4) },
            ],
            Some.Time,
            None).InTime();

        (await ReadAsync(new FindingQuery())).ShouldBe([4, 3, 2, 1]);
        (await ReadAsync(new FindingQuery { Order = FindingOrder.Arrival, Limit = 2 })).ShouldBe([1, 2]);
        (await ReadAsync(new FindingQuery { Order = FindingOrder.Arrival, AfterSeq = 2 })).ShouldBe([3, 4]);
        (await ReadAsync(new FindingQuery { Scans = ["disk"] })).ShouldBe([4, 3]);
        (await ReadAsync(new FindingQuery { AgentIds = ["id-web2"] })).ShouldBe([2]);
        (await ReadAsync(new FindingQuery { AgentIds = [] })).ShouldBeEmpty();
        (await ReadAsync(new FindingQuery { Kind = FindingKind.Gap })).ShouldBe([4]);
        (await ReadAsync(new FindingQuery { Since = Some.Time.AddMinutes(2), Until = Some.Time.AddMinutes(3) })).ShouldBe([3, 2]);
        // A gap could have been anything.
        (await ReadAsync(new FindingQuery { MinSeverity = 2 })).ShouldBe([4, 1]);
        (await ReadAsync(new FindingQuery { Patterns = ["oops", "other"] })).ShouldBe([4, 2]);
        (await ReadAsync(new FindingQuery { Text = "killed PROCESS" })).ShouldBe([4, 1]);
        (await ReadAsync(new FindingQuery { Scans = ["oom", "disk"], After = new FindingPlace(Some.Time.AddMinutes(3), 3) })).ShouldBe([2, 1]);
        (await Store.Findings.LastSeqAsync(None).InTime()).ShouldBe(4);
        (await Store.Findings.PlaceBeforeAsync(Some.Time.AddMinutes(2), None).InTime()).ShouldBe(1);
        (await Store.Findings.PlaceBeforeAsync(Some.Time.AddMinutes(5), None).InTime()).ShouldBe(4);
        (await Store.Findings.ScansAsync(None).InTime()).ShouldBe(["disk", "oom"]);
        await Should.ThrowAsync<ArgumentException>(() => Store.Findings.ReadAsync(new FindingQuery { Limit = 0 }, None));
    }

    [Fact]
    public async Task Old_findings_go_once_they_were_judged()
    {
        await Store.Findings.AppendAsync([Hit("oom", "web1", 1), Hit("oom", "web1", 2)], Some.Time, None).InTime();
        await Store.Findings.AppendAsync([Hit("oom", "web1", 3)], Some.Time.AddDays(1), None).InTime();

        (await Store.Findings.DeleteOldAsync("oom", Some.Time.AddHours(1), 10, None).InTime()).ShouldBe(0);
        await Store.Alerts.CommitAsync(new AlertCommit(3, [], []), None).InTime();
        (await Store.Findings.DeleteOldAsync("disk", Some.Time.AddHours(1), 10, None).InTime()).ShouldBe(0);
        (await Store.Findings.DeleteOldAsync("oom", Some.Time.AddHours(1), 10, None).InTime()).ShouldBe(2);
        (await ReadAsync(new FindingQuery())).ShouldBe([3]);
        (await Store.Findings.TotalsAsync(None).InTime()).Single().Hits.ShouldBe(3);
    }

    [Fact]
    public async Task Beyond_the_newest_the_oldest_findings_go_once_they_were_judged()
    {
        await Store.Findings.AppendAsync([.. Enumerable.Range(1, 9).Select(id => Hit("oom", "web1", (byte)id))], Some.Time, None).InTime();

        (await Store.Findings.DeleteBeyondAsync(2, 10, None).InTime()).ShouldBe(0);
        await Store.Alerts.CommitAsync(new AlertCommit(6, [], []), None).InTime();
        (await Store.Findings.DeleteBeyondAsync(2, 4, None).InTime()).ShouldBe(4);
        (await Store.Findings.DeleteBeyondAsync(2, 4, None).InTime()).ShouldBe(2);
        (await ReadAsync(new FindingQuery { Order = FindingOrder.Arrival })).ShouldBe([7, 8, 9]);
        await Store.Alerts.CommitAsync(new AlertCommit(9, [], []), None).InTime();
        (await Store.Findings.DeleteBeyondAsync(0, 9, None).InTime()).ShouldBe(3);
        (await Store.Findings.LastSeqAsync(None).InTime()).ShouldBe(9, "places never go back");
    }

    [Fact]
    public async Task Beyond_the_bound_only_those_lose_findings_who_have_more_than_their_share()
    {
        await Store.Findings.AppendAsync([Hit("oom", "web1", 1), Hit("disk", "web1", 2)], Some.Time, None).InTime();
        await Store.Findings.AppendAsync(
            [.. Enumerable.Range(1, 40).Select(id => Hit("oom", "noisy", (byte)id)), Hit("disk", "noisy", 41)], Some.Time, None).InTime();
        await Store.Alerts.CommitAsync(new AlertCommit(43, [], []), None).InTime();

        var deleted = 0;
        for (var last = 8; last == 8; deleted += last)
            last = await Store.Findings.DeleteBeyondAsync(10, 8, None).InTime();

        deleted.ShouldBe(33);
        (await ReadAsync(new FindingQuery { AgentIds = ["id-web1"], Order = FindingOrder.Arrival })).ShouldBe([1, 2], "its neighbor's noise costs it nothing");
        (await ReadAsync(new FindingQuery { AgentIds = ["id-noisy"], Order = FindingOrder.Arrival })).Count.ShouldBe(8, "of its own scans the noisy one loses");
    }

    [Fact]
    public async Task What_was_not_assigned_is_kept_apart_from_the_totals()
    {
        await Store.Findings.AppendAsync([Hit("oom", "web1", 1), Hit("oom", "forger", 2) with { IsUnassigned = true }], Some.Time, None).InTime();

        (await Store.Findings.TotalsAsync(None).InTime()).Single().Hits.ShouldBe(1);
        var stored = await Store.Findings.ReadAsync(new FindingQuery { Order = FindingOrder.Arrival }, None).InTime();
        stored.Select(found => found.Finding.IsUnassigned).ShouldBe([false, true]);
    }

    [Fact]
    public async Task Who_was_given_which_scan_is_kept_as_long_as_the_agent()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await Store.Agents.EnrollAsync(Some.Enrollment("web1"), None).InTime();
        await Store.Scans.PutAssignmentsAsync(
            [new("id-web1", "oom", 7, null), new("id-web1", "disk", 3, null), new("id-gone", "oom", 7, null)], None).InTime();
        await Store.Scans.PutAssignmentsAsync([new("id-web1", "oom", 5, null), new("id-web1", "disk", 3, Some.Time)], None).InTime();
        await ReopenAsync();

        (await Store.Scans.ListAssignmentsAsync(None).InTime()).OrderBy(assignment => assignment.Scan, StringComparer.Ordinal)
            .ShouldBe([new("id-web1", "disk", 3, Some.Time), new("id-web1", "oom", 7, null)]);
        (await Store.Scans.ForgetAssignmentsAsync(Some.Time.AddSeconds(1), None).InTime()).ShouldBe(1);
        await Store.Agents.RemoveAsync("id-web1", Some.Time, None).InTime();
        (await Store.Scans.ListAssignmentsAsync(None).InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Findings_are_counted_by_template()
    {
        await Store.Findings.AppendAsync(
            [
                Hit("oom", "web1", 1) with { Template = "killed <*>", Text = "killed 1"u8.ToArray() },
                Hit("oom", "web2", 2) with { Template = "killed <*>", Text = "killed 2"u8.ToArray(), At = Some.Time.AddMinutes(2) },
                Hit("oom", "web2", 3) with { Template = "full", Kind = FindingKind.Summary, Count = 1_000_000 },
                Hit("oom", "web2", 4) with { Kind = FindingKind.Gap },
                Hit("disk", "web2", 5) with { Template = "else" },
            ],
            Some.Time,
            None).InTime();

        var clusters = await Store.Findings.ClustersAsync(new FindingQuery { Scans = ["oom"] }, None).InTime();

        clusters.Select(cluster => (cluster.Template, cluster.Count)).ShouldBe([("full", 1_000_000), ("killed <*>", 2)]);
        clusters.Select(cluster => cluster.HostCount).ShouldBe([1, 2]);
        clusters[1].Hosts.Order(StringComparer.Ordinal).ShouldBe(["web1", "web2"]);
        (clusters[1].First, clusters[1].Last).ShouldBe((Some.Time, Some.Time.AddMinutes(2)));
        System.Text.Encoding.UTF8.GetString(clusters[1].Example).ShouldStartWith("killed ");
        (await Store.Findings.ClustersAsync(new FindingQuery { Limit = 1 }, None).InTime()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Alerts_and_how_far_was_judged_are_written_together()
    {
        var alert = Alert("a1");
        await Store.Alerts.CommitAsync(new AlertCommit(5, [alert], [Message("a1", "firing")]), None).InTime();
        (await Store.Alerts.AcknowledgeAsync(["a1", "nosuch"], "ada", "on it", Some.Time.AddMinutes(1), None).InTime()).ShouldBe(["a1"]);
        await Store.Alerts.CommitAsync(new AlertCommit(null, [alert with { Count = 9 }], []), None).InTime();
        await ReopenAsync();

        var book = await Store.Alerts.LoadAsync(None).InTime();
        book.EvaluatedUpTo.ShouldBe(5);
        var open = book.Open.Single();
        (open.Count, open.AcknowledgedBy, open.Acknowledgement).ShouldBe((9, "ada", "on it"));

        // A second open one of the same fingerprint would be a second alert for one thing; nothing of that commit is kept.
        await Should.ThrowAsync<StoreException>(() => Store.Alerts.CommitAsync(new AlertCommit(6, [Alert("a2")], []), None).InTime());
        (await Store.Alerts.LoadAsync(None).InTime()).EvaluatedUpTo.ShouldBe(5);

        await Store.Alerts.CommitAsync(new AlertCommit(7, [alert with { State = AlertState.Resolved, ResolvedAt = Some.Time }, Alert("a2")], []), None).InTime();
        (await Store.Alerts.ListAsync(false, null, 10, None).InTime()).Select(a => a.Id).ShouldBe(["a2"]);
        (await Store.Alerts.ListAsync(true, "oom", 10, None).InTime()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Messages_are_tried_until_they_are_sent_or_given_up()
    {
        await Store.Alerts.CommitAsync(
            new AlertCommit(1, [Alert("a1")], [Message("a1", "firing"), Message("a1", "resolved") with { Channel = "mail", NotBefore = Some.Time }]), None).InTime();
        (await Store.Alerts.WaitingChannelsAsync(None).InTime()).Order(StringComparer.Ordinal).ShouldBe(["mail", "ops"]);
        (await Store.Alerts.NextDueAsync("mail", Some.Time.AddMinutes(-1), None).InTime()).ShouldBe(Some.Time);
        (await Store.Alerts.DueAsync("mail", Some.Time.AddMinutes(-1), 10, None).InTime()).ShouldBeEmpty();
        var ops = (await Store.Alerts.DueAsync("ops", Some.Time, 10, None).InTime()).ShouldHaveSingleItem();
        ops.ShouldBe(new WaitingDelivery(ops.Key, "firing", 0, "oom", "kill"));
        var mail = (await Store.Alerts.DueAsync("mail", Some.Time, 10, None).InTime()).ShouldHaveSingleItem();
        (await Store.Alerts.DeliveriesAsync([mail.Key], None).InTime()).Single().Delivery.NotBefore.ShouldBe(Some.Time);

        await RecordAsync((ops.Key, new DeliveryAttempt(null, Some.Time.AddMinutes(1), "refused")), (mail.Key, new DeliveryAttempt(Some.Time, null, "")));
        (await Store.Alerts.DueAsync("ops", Some.Time, 10, None).InTime()).ShouldBeEmpty();
        (await Store.Alerts.NextDueAsync("ops", Some.Time, None).InTime()).ShouldBe(Some.Time.AddMinutes(1));
        (await Store.Alerts.WaitingChannelsAsync(None).InTime()).ShouldBe(["ops"]);
        await RecordAsync((ops.Key, new DeliveryAttempt(null, Some.Time.AddMinutes(1), "slow down") { IsThrottled = true }));
        (await Store.Alerts.RetryNowAsync("ops", Some.Time, None).InTime()).ShouldBe(1);
        (await Store.Alerts.DueAsync("ops", Some.Time, 10, None).InTime()).ShouldHaveSingleItem();
        await RecordAsync((ops.Key, new DeliveryAttempt(null, null, "refused")));

        var all = await Store.Alerts.DeliveriesOfAsync(["a1"], None).InTime();
        all.Select(d => (d.Attempts, d.IsGivenUp, d.LastError)).ShouldBe([(2, true, "refused"), (1, false, "")]);
        (await Store.Alerts.WaitingChannelsAsync(None).InTime()).ShouldBeEmpty();
        (await Store.Alerts.NextDueAsync("ops", Some.Time, None).InTime()).ShouldBeNull();

        await Store.Alerts.CommitAsync(new AlertCommit(null, [Alert("a1") with { State = AlertState.Resolved, ResolvedAt = Some.Time }], []), None).InTime();
        (await Store.Alerts.DeleteOldAsync(Some.Time.AddDays(1), 10, None).InTime()).ShouldBe(1);
        (await Store.Alerts.DeliveriesOfAsync(["a1"], None).InTime()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_most_severe_messages_are_first_and_then_those_that_are_due_longest()
    {
        var at = Some.Time;
        await Store.Alerts.CommitAsync(
            new AlertCommit(1, [Alert("a1")], [Message("a1", "w2") with { CreatedAt = at.AddSeconds(1), Severity = 2 }]), None).InTime();
        await Store.Alerts.CommitAsync(
            new AlertCommit(1, [Alert("a2") with { Fingerprint = "b" }], [Message("a2", "w1") with { Severity = 2 }]), None).InTime();
        await Store.Alerts.CommitAsync(
            new AlertCommit(1, [Alert("a3") with { Fingerprint = "c" }], [Message("a3", "c") with { CreatedAt = at.AddSeconds(2), Severity = 5 }]), None).InTime();

        (await Store.Alerts.DueAsync("ops", at.AddMinutes(1), 10, None).InTime()).Select(due => due.Status).ShouldBe(["c", "w1", "w2"]);
        (await Store.Alerts.DueAsync("ops", at.AddMinutes(1), 1, None).InTime()).Single().Status.ShouldBe("c");
    }

    [Fact]
    public async Task A_message_without_a_channel_goes_to_all_who_hear_that_it_fires_and_to_nobody_else()
    {
        await Store.Alerts.CommitAsync(new AlertCommit(1, [Alert("a1"), Alert("a2") with { Fingerprint = "b" }], [Message("a1", "firing"), Message("a1", "firing") with { Channel = "mail" }]), None)
            .InTime();
        var mail = (await Store.Alerts.DueAsync("mail", Some.Time, 10, None).InTime()).Single();
        await RecordAsync((mail.Key, new DeliveryAttempt(Some.Time, null, "")));

        await Store.Alerts.CommitAsync(new AlertCommit(2, [], [Message("a1", "resolved") with { Channel = "" }, Message("a2", "resolved") with { Channel = "" }]), None).InTime();

        (await Store.Alerts.DeliveriesOfAsync(["a1", "a2"], None).InTime()).Select(d => (d.Delivery.AlertId, d.Delivery.Channel, d.Delivery.Status))
            .ShouldBe([("a1", "ops", "firing"), ("a1", "mail", "firing"), ("a1", "mail", "resolved"), ("a1", "ops", "resolved")]);
    }

    [Fact]
    public async Task Nobody_hears_that_it_is_over_before_he_hears_that_it_began()
    {
        await Store.Alerts.CommitAsync(new AlertCommit(1, [Alert("a1")], [Message("a1", "firing"), Message("a1", "resolved")]), None).InTime();
        var first = (await Store.Alerts.DueAsync("ops", Some.Time, 10, None).InTime()).ShouldHaveSingleItem();
        first.Status.ShouldBe("firing");

        await RecordAsync((first.Key, new DeliveryAttempt(null, Some.Time.AddMinutes(1), "refused")));
        (await Store.Alerts.DueAsync("ops", Some.Time, 10, None).InTime()).ShouldBeEmpty();
        (await Store.Alerts.NextDueAsync("ops", Some.Time, None).InTime()).ShouldBe(Some.Time.AddMinutes(1));
        var resolved = Alert("a1") with { State = AlertState.Resolved, ResolvedAt = Some.Time };
        await Store.Alerts.CommitAsync(new AlertCommit(null, [resolved], []), None).InTime();
        (await Store.Alerts.DeleteOldAsync(Some.Time.AddDays(1), 10, None).InTime()).ShouldBe(0);

        await RecordAsync((first.Key, new DeliveryAttempt(Some.Time, null, "")));
        (await Store.Alerts.DueAsync("ops", Some.Time, 10, None).InTime()).Single().Status.ShouldBe("resolved");
    }

    [Fact]
    public async Task Silences_are_added_listed_and_deleted()
    {
        var silence = new SilenceRecord { Id = "s1", Scan = "o*", CreatedAt = Some.Time, ExpiresAt = Some.Time.AddHours(1), CreatedBy = "ada", Comment = "works" };
        await Store.Alerts.AddSilenceAsync(silence, None).InTime();
        await ReopenAsync();

        (await Store.Alerts.ListSilencesAsync(None).InTime()).ShouldBe([silence]);
        (await Store.Alerts.LoadAsync(None).InTime()).Silences.ShouldBe([silence]);
        (await Store.Alerts.DeleteOldSilencesAsync(Some.Time.AddHours(1), None).InTime()).ShouldBe(0);
        (await Store.Alerts.DeleteSilenceAsync("s1", None).InTime()).ShouldBe(silence);
        (await Store.Alerts.DeleteSilenceAsync("s1", None).InTime()).ShouldBeNull();
    }

    private static long Revision(ScanCatalog book, string name) => book.Scans.Single(scan => scan.Name == name).Revision;

    private static Finding Hit(string scan, string agent, byte id) =>
        new() { Kind = FindingKind.Hit, Scan = scan, AgentId = "id-" + agent, AgentName = agent, Id = [id], At = Some.Time };

    private static AlertRecord Alert(string id) => new()
    {
        Id = id,
        Scan = "oom",
        Pattern = "kill",
        Fingerprint = "oom/kill",
        Severity = 3,
        State = AlertState.Firing,
        StartedAt = Some.Time,
        LastHitAt = Some.Time,
        Count = 1,
    };

    private static NewDelivery Message(string alert, string occasion) => new(alert, "ops", occasion, [1], Some.Time);

    private Task RecordAsync(params (long Key, DeliveryAttempt Attempt)[] attempts) =>
        Store.Alerts.RecordAttemptsAsync(attempts.ToDictionary(attempt => attempt.Key, attempt => attempt.Attempt), None).InTime();

    private Task<ScanCatalog> ApplyAsync(DateTimeOffset at, string[] scans, string[]? channels = null) => Store.Scans.ApplyAsync(
        new ScanChanges
        {
            Scans = scans.ToDictionary(name => name, Encoding.UTF8.GetBytes),
            Channels = (channels ?? []).ToDictionary(name => name, Encoding.UTF8.GetBytes),
            At = at,
            By = "ada",
        },
        None).InTime();

    private async Task<List<int>> ReadAsync(FindingQuery query) =>
        [.. (await Store.Findings.ReadAsync(query, None).InTime()).Select(stored => (int)stored.Finding.Id[0])];
}
