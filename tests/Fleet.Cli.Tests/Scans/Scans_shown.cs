using Fleet.Cli.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Scans;

public sealed class Scans_shown
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 20, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_list_says_where_a_scan_cannot_read()
    {
        var (screen, text) = Some.Screen();
        ScanTables.List(screen, [Details().Overview], s_now);
        text.ToString().ShouldBe("""
            SCAN	TARGET	EVERY	HOSTS	ONLINE	ERRORS	HITS	LAST HIT	ALERTS	STATE
            oom	*	1m	3	2	1	12	60 s ago	1	on
            fleet: 1 scan, 1 with errors; see: fleet scan show NAME

            """);
    }

    [Fact]
    public void A_scan_is_shown_with_its_state_on_every_host()
    {
        var (screen, text) = Some.Screen();
        ScanTables.Show(screen, Details(), s_now);
        var lines = text.ToString().Split('\n');
        lines.ShouldContain("source\tjournal: unit=a.service");
        lines.ShouldContain("pattern killed\tcritical: Killed  (text, ignore case)");
        lines.ShouldContain("alert\t5 hits within 10m for 1m, error or higher, per fleet; to ops");
        lines.ShouldContain("web1\tonline\t3\t60 s ago\t-\t12\t2 KiB\t1 KiB\t/var/log/a: no permission to read it");
        lines.ShouldContain("web2\toffline\t-\t-\t-\t-\t-\t-\tno state reported since the controller started");
        lines.ShouldContain("web3\tonline\t-\t-\t-\t-\t-\t-\tno state reported yet (agents without scans never report one)");
    }

    [Fact]
    public void A_revision_is_shown_as_the_time_that_it_is_and_a_continuous_scan_that_waits_as_following()
    {
        var details = Details();
        var changed = new DateTimeOffset(2026, 11, 20, 8, 0, 0, 123, TimeSpan.Zero);
        (details.Overview.Definition.Order.EveryMs, details.Overview.Definition.Order.Revision) = (0, (ulong)changed.ToUnixTimeMilliseconds());
        (details.Overview.ChangedMs, details.Overview.ChangedBy) = (changed.ToUnixTimeMilliseconds(), "ann");
        (details.Agents[0].State.Revision, details.Agents[0].State.LastRunMs) = ((ulong)changed.ToUnixTimeMilliseconds(), 0);

        var (screen, text) = Some.Screen();
        ScanTables.Show(screen, details, s_now);

        var shown = changed.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", System.Globalization.CultureInfo.InvariantCulture);
        var lines = text.ToString().Split('\n');
        lines.ShouldContain($"revision\t{shown}");
        lines.ShouldContain("changed\t59 min ago by ann");
        lines.ShouldContain(line => line.StartsWith($"web1\tonline\t{shown}\tfollowing\t-\t12\t"));
    }

    [Fact]
    public void Channels_are_shown_with_where_they_lead()
    {
        var (screen, text) = Some.Screen();
        ChannelTable.Write(screen,
        [
            new NotificationChannel { Name = "ops", Webhook = new Webhook { Url = "https://chat.example/***", Form = Webhook.Types.Form.Slack } },
            new NotificationChannel { Name = "mail", Smtp = new Smtp { Host = "m", Port = 25, To = { "a@b" } } },
        ], asJson: false);
        text.ToString().ShouldBe("CHANNEL\tKIND\tTO\nops\twebhook (slack)\thttps://chat.example/***\nmail\tsmtp\ta@b by m:25\n");
    }

    internal static ScanDetails Details() => new()
    {
        Overview = new ScanOverview
        {
            Definition = new ScanDefinition
            {
                Name = "oom", Target = "*", RetentionMs = 86_400_000,
                Order = new ScanOrder
                {
                    Revision = 3, EveryMs = 60_000,
                    Sources = { new LogSource { Journal = new JournalLogSource { Fields = { "unit=a.service" } } }, new LogSource { Files = new FileLogSource { Path = "/var/log/a", Rotated = true } } },
                    Patterns = { new ScanPattern { Pattern = new LogPattern { Name = "killed", Text = "Killed", Fixed = true, IgnoreCase = true }, Severity = Severity.Critical } },
                },
                Alert = new AlertRule { Count = 5, WindowMs = 600_000, ForMs = 60_000, Severity = Severity.Error, Grouping = AlertRule.Types.Grouping.Fleet, Notify = { "ops" } },
            },
            Agents = 3, AgentsOnline = 2, AgentsFailed = 1, Hits = 12, LastHitMs = s_now.AddSeconds(-60).ToUnixTimeMilliseconds(), OpenAlerts = 1,
        },
        Agents =
        {
            new ScanOnAgent
            {
                AgentName = "web1", Online = true,
                State = new ScanState
                {
                    Revision = 3, LastRunMs = s_now.AddSeconds(-60).ToUnixTimeMilliseconds(), Runs = 4, Hits = 12, ReadBytes = 2048, CpuUs = 900,
                    Sources = { new ScanSourceState { Source = "journal", LagBytes = 1024 }, new ScanSourceState { Source = "/var/log/a", Error = "no permission to read it" } },
                },
            },
            new ScanOnAgent { AgentName = "web2" },
            new ScanOnAgent { AgentName = "web3", Online = true },
        },
    };
}
