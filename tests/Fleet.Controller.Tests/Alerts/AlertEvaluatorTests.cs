using Fleet.Controller.Alerts;
using Fleet.Controller.Scans;
using Fleet.Protocol.V1;
using Fleet.Storage;
using FsCheck;
using FsCheck.Fluent;
using static Fleet.Protocol.V1.AlertRule.Types;

namespace Fleet.Controller.Tests.Alerts;

/// <summary>What makes an alert, and when it is over.</summary>
public sealed class AlertEvaluatorTests
{
    [Fact]
    public void The_first_line_fires_and_all_others_only_count()
    {
        var judge = SomeRules.Judge(SomeRules.Rule());

        judge.TakeAt([.. Enumerable.Range(0, 500).Select(second => SomeRules.Hit(second * 0.1))]);

        var (alerts, messages) = judge.Harvest();
        var alert = alerts.ShouldHaveSingleItem();
        (alert.State, alert.Count, alert.AgentName, alert.StartedAt).ShouldBe((AlertState.Firing, 500, "web1", SomeRules.Start));
        messages.ShouldHaveSingleItem().Status.ShouldBe("firing");
        judge.Harvest().Alerts.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Grouping.Host, 4)]
    [InlineData(Grouping.Fleet, 1)]
    [InlineData(Grouping.Template, 2)]
    public void Grouping_says_what_is_one_alert(Grouping grouping, int expected)
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => rule.Grouping = grouping));

        for (var host = 1; host <= 4; host++)
            judge.TakeAt(SomeRules.Hit(host, $"web{host}", host % 2 == 0 ? "even" : "odd"));

        var (alerts, messages) = judge.Harvest();
        alerts.Count.ShouldBe(expected);
        messages.Count.ShouldBe(expected);
        alerts.Sum(alert => alert.Count).ShouldBe(4);
        if (grouping == Grouping.Fleet)
            Alert.Parser.ParseFrom(alerts[0].Detail).Hosts.ShouldBe(["web1", "web2", "web3", "web4"]);
    }

    [Fact]
    public void Below_the_threshold_nothing_is_raised_and_at_it_all_of_the_window_is_counted()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => (rule.Count, rule.WindowMs, rule.Grouping) = (3, 60_000, Grouping.Fleet)));

        judge.TakeAt(SomeRules.Hit(0, "web1"), SomeRules.Hit(50, "web2"), SomeRules.Hit(70, "web3"));
        judge.Harvest().Alerts.ShouldBeEmpty();
        judge.TakeAt(SomeRules.Hit(100, "web4"));

        var alert = judge.Harvest().Alerts.ShouldHaveSingleItem();
        (alert.Count, alert.StartedAt).ShouldBe((3, SomeRules.Start.AddSeconds(50)));
        Alert.Parser.ParseFrom(alert.Detail).Hosts.ShouldBe(["web2", "web3", "web4"], ignoreOrder: true);
    }

    [Fact]
    public void Lines_that_were_held_back_count_by_when_they_were_written()
    {
        var rule = SomeRules.Rule(rule => (rule.Count, rule.WindowMs) = (3, 60_000));
        var spread = SomeRules.Judge(rule);
        spread.TakeAt([.. Enumerable.Range(0, 10).Select(i => SomeRules.Hit(i * 31, arrived: 3600))]);
        spread.Harvest().Alerts.ShouldBeEmpty();

        // A burst that comes late is a burst, also after lines that are newer.
        var burst = SomeRules.Judge(rule);
        burst.TakeAt(SomeRules.Hit(3600), SomeRules.Hit(0, arrived: 3600), SomeRules.Hit(1, arrived: 3600), SomeRules.Hit(2, arrived: 3600));
        burst.Harvest().Alerts.ShouldHaveSingleItem().Count.ShouldBe(3);
    }

    [Fact]
    public void A_line_that_claims_to_be_of_the_future_does_not_make_the_others_old()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => (rule.Count, rule.WindowMs) = (3, 60_000)));

        judge.TakeAt(SomeRules.Hit(1e9, arrived: 0), SomeRules.Hit(1), SomeRules.Hit(2));

        judge.Harvest().Alerts.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_condition_that_must_hold_fires_when_it_has_and_is_forgotten_when_it_has_not()
    {
        var rule = SomeRules.Rule(rule => (rule.Count, rule.WindowMs, rule.ForMs) = (2, 60_000, 120_000));
        var short_ = SomeRules.Judge(rule);
        short_.TakeAt(SomeRules.Hit(0), SomeRules.Hit(1));
        short_.Harvest().Alerts.Single().State.ShouldBe(AlertState.Pending);
        short_.TickAt(65);
        var (over, silent) = short_.Harvest();
        (over.Single().State, silent.Count).ShouldBe((AlertState.Resolved, 0));

        var long_ = SomeRules.Judge(rule);
        for (var second = 0; second <= 110; second += 10)
        {
            long_.TakeAt(SomeRules.Hit(second));
            long_.TickAt(second);
        }

        long_.Harvest().Messages.ShouldBeEmpty();
        long_.TakeAt(SomeRules.Hit(128));
        long_.TickAt(130);
        long_.Harvest().Messages.ShouldHaveSingleItem().Status.ShouldBe("firing");
    }

    [Fact]
    public void Quiet_resolves_and_the_next_line_is_a_new_alert()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => rule.ResolveAfterMs = 30_000));
        judge.TakeAt(SomeRules.Hit(0));
        var first = judge.Harvest().Alerts.Single();
        judge.TickAt(29);
        judge.Harvest().Alerts.ShouldBeEmpty();

        judge.TickAt(30);
        var (alerts, messages) = judge.Harvest();
        (alerts.Single().Id, alerts.Single().State, messages.Single().Status).ShouldBe((first.Id, AlertState.Resolved, "resolved"));
        judge.IsWaiting.ShouldBeFalse();
        judge.TakeAt(SomeRules.Hit(31));
        judge.Harvest().Alerts.Single().Id.ShouldNotBe(first.Id);
    }

    [Fact]
    public void Silence_while_the_controller_was_away_is_not_quiet()
    {
        var before = SomeRules.Judge(SomeRules.Rule());
        before.TakeAt(SomeRules.Hit(0));
        var record = before.Harvest().Alerts.Single();

        var after = SomeRules.Judge(SomeRules.Rule(), since: SomeRules.Start.AddHours(1));
        after.Resume(record);
        after.TickAt(3600);
        after.TakeAt(SomeRules.Hit(1, arrived: 3601));

        var (alerts, messages) = after.Harvest();
        (alerts.Single().Id, alerts.Single().Count, messages.Count).ShouldBe((record.Id, 2, 0));
        after.TickAt(3600 + 901);
        after.Harvest().Messages.Single().Status.ShouldBe("resolved");
    }

    [Fact]
    public void Counting_goes_on_over_a_restart()
    {
        var rule = SomeRules.Rule(rule => rule.Count = 3);
        var judge = SomeRules.Judge(rule);
        judge.Recall(SomeRules.Hit(0));
        judge.Recall(SomeRules.Hit(1));

        judge.TakeAt(SomeRules.Hit(2));

        judge.Harvest().Alerts.Single().Count.ShouldBe(3);
    }

    [Fact]
    public void A_silence_holds_back_what_begins_and_tells_what_outlasts_it_and_the_end_of_what_was_told()
    {
        var silences = new SilenceCache();
        silences.Replace([Silence(until: 60)]);
        var judge = SomeRules.Judge(SomeRules.Rule(rule => rule.ResolveAfterMs = 30_000), silences);

        judge.TakeAt(SomeRules.Hit(0));
        var (alerts, messages) = judge.Harvest();
        (alerts.Single().SilenceId, messages.Count).ShouldBe(("si-1", 0));
        judge.TickAt(30);
        judge.Harvest().Messages.ShouldBeEmpty();

        judge.TakeAt(SomeRules.Hit(50));
        judge.TickAt(61);
        messages = judge.Harvest().Messages;
        messages.Single().Status.ShouldBe("firing");
        silences.Replace([Silence(until: 600)]);
        judge.TickAt(100);
        (alerts, messages) = judge.Harvest();
        // Whoever was told that it fires would keep it open for ever.
        (alerts.Single().State, messages.Single().Status).ShouldBe((AlertState.Resolved, "resolved"));
    }

    [Fact]
    public void In_quiet_hours_an_alert_is_raised_and_its_message_waits()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => rule.QuietHours.Add("11:00-13:30")));

        judge.TakeAt(SomeRules.Hit(0));

        var (alerts, messages) = judge.Harvest();
        alerts.Single().State.ShouldBe(AlertState.Firing);
        messages.Single().NotBefore.ShouldBe(SomeRules.Start.AddMinutes(90));
    }

    [Fact]
    public void Lost_lines_are_an_alert_of_their_own_whatever_the_threshold()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => (rule.Count, rule.Severity) = (100, Severity.Critical)));

        judge.TakeAt(SomeRules.Hit(0, change: gap => (gap.Kind, gap.Severity, gap.Count) = (FindingKind.Gap, Severity.Unspecified, 0)), SomeRules.Hit(1));

        var alert = judge.Harvest().Alerts.ShouldHaveSingleItem();
        (alert.Pattern, alert.Severity).ShouldBe((AlertRules.GapPattern, (int)Severity.Warning));
    }

    [Fact]
    public void The_moment_between_copy_and_cut_is_no_alert()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => rule.Count = 1));
        var gap = FindingMessages.Of(new ScanGap { Scan = "oom", Source = "/var/log/app.log", MaybeEmpty = true }, "a1", "web1", SomeRules.Start);

        judge.Take(new StoredFinding(1, SomeRules.Start, gap), SomeRules.Start);

        judge.Harvest().Alerts.ShouldBeEmpty();
    }

    [Fact]
    public void Lines_that_were_only_counted_count_in_full()
    {
        var judge = SomeRules.Judge(SomeRules.Rule(rule => rule.Count = 1000));

        judge.TakeAt(SomeRules.Hit(0), SomeRules.Hit(1, change: summary => (summary.Kind, summary.Count) = (FindingKind.Summary, 1_000_000)));

        judge.Harvest().Alerts.Single().Count.ShouldBe(1_000_001);
    }

    [Fact]
    public void An_alert_of_a_scan_that_is_gone_ends_and_whoever_was_told_of_it_hears_that()
    {
        AlertRules? rule = SomeRules.Rule();
        var judge = new AlertEvaluator(_ => rule, new SilenceCache(), TimeZoneInfo.Utc, SomeRules.Start);
        judge.TakeAt(SomeRules.Hit(0));
        judge.Harvest();

        rule = null;
        judge.TickAt(1);

        var (alerts, messages) = judge.Harvest();
        alerts.Single().State.ShouldBe(AlertState.Resolved);
        // By the channels by which it was told, which the rule names no more.
        (messages.Single().Status, messages.Single().Channel).ShouldBe(("resolved", ""));
    }

    /// <summary>Whatever comes, in whatever order, with whatever names: never two open alerts of one fingerprint, and no message but for a change.</summary>
    [Fact]
    public void One_alert_is_open_for_each_fingerprint_whatever_the_order()
    {
        var finding = Gen.Choose(0, 900).SelectMany(
            written => Gen.Choose(0, 600),
            (written, arrived) => (Written: (double)written, Arrived: (double)arrived));
        var parts = Gen.Elements("web1", "web2", "web\u001f", "").SelectMany(
            agent => Gen.Elements("a", "a\u001fb", "", "b"),
            (agent, text) => (Agent: agent, Text: text));
        var step = finding.SelectMany(_ => parts, (times, names) => (times.Written, times.Arrived, names.Agent, names.Text));
        var rules = Gen.Elements(Grouping.Host, Grouping.Fleet, Grouping.Template)
            .SelectMany(_ => Gen.Elements(0u, 2u, 5u), (grouping, count) => (Grouping: grouping, Count: count))
            .SelectMany(_ => Gen.Elements(0, 20_000), (one, hold) => (one.Grouping, one.Count, For: hold));

        Prop.ForAll(rules.ToArbitrary(), step.ListOf().ToArbitrary(), (how, steps) =>
        {
            var judge = SomeRules.Judge(SomeRules.Rule(rule =>
                (rule.Grouping, rule.Count, rule.ForMs, rule.WindowMs, rule.ResolveAfterMs) = (how.Grouping, how.Count, how.For, 60_000, 40_000)));
            var open = new Dictionary<string, AlertRecord>(StringComparer.Ordinal);
            var (firing, resolved) = (0, 0);
            foreach (var (written, arrived, agent, text) in steps.OrderBy(step => step.Arrived))
            {
                judge.TickAt(arrived);
                judge.TakeAt(SomeRules.Hit(written, agent, text, arrived, parts => parts.Pattern = text));
                var (alerts, messages) = judge.Harvest();
                foreach (var alert in alerts)
                {
                    var isNew = !open.TryGetValue(alert.Fingerprint, out var known);
                    (isNew || known!.Id == alert.Id).ShouldBeTrue("two open alerts of one fingerprint");
                    if (alert.State == AlertState.Resolved)
                        open.Remove(alert.Fingerprint);
                    else
                        open[alert.Fingerprint] = alert;
                }

                firing += messages.Count(message => message.Status == "firing");
                resolved += messages.Count(message => message.Status == "resolved");
            }

            (firing - resolved).ShouldBe(open.Values.Count(alert => alert.State == AlertState.Firing));
        }).QuickCheckThrowOnFailure();
    }

    private static SilenceRecord Silence(double until) => new()
    {
        Id = "si-1", Scan = "o?m", AgentName = "web*", CreatedAt = SomeRules.Start, ExpiresAt = SomeRules.Start.AddSeconds(until), CreatedBy = "ann",
    };
}
