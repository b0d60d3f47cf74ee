using Fleet.Cli.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Scans;

public sealed class What_scan_files_say
{
    [Fact]
    public void A_scan_with_everything()
    {
        var scan = SomeScans.SetOf("""
            scans:
              - name: app
                description: what the shop says
                target: role=shop and not env=test
                sources:
                  - file: /srv/shop/log/*.log
                  - {file: /var/log/shop.log, rotated: false}
                  - journal: [unit=shop.service, priority<=err]
                  - {journal: all, path: /var/log/journal/remote}
                  - journal
                  - kernel
                patterns:
                  - {name: oom, text: OOMKilled, severity: critical}
                  - {name: slow, regex: 'took \d{4,}ms', ignore_case: true, whole_word: true}
                  - http=HTTP 5\d\d
                not: [healthcheck, {text: 'a.b'}, 'user=probe']
                json: [level=error, status>=500]
                record_start: '^\d{4}-'
                encoding: latin1
                every: 1m30s
                first_run: last 1000 lines
                limits: {hits_per_minute: 60}
                retention: 30d
                alert:
                  count: 5
                  window: 10m
                  for: 1m
                  group: template
                  resolve_after: 15m
                  severity: error
                  quiet_hours: [22:00-06:00, 'sat,sun 00:00-24:00']
                  notify: ops
            """).Scans.ShouldHaveSingleItem();

        var order = scan.Order;
        scan.ShouldBe(new ScanDefinition
        {
            Name = "app", Description = "what the shop says", Target = "role=shop and not env=test", Order = order, RetentionMs = 30L * 86_400_000,
            Alert = new AlertRule
            {
                Count = 5, WindowMs = 600_000, ForMs = 60_000, Grouping = AlertRule.Types.Grouping.Template, ResolveAfterMs = 900_000, Severity = Severity.Error,
                QuietHours = { "22:00-06:00", "sat,sun 00:00-24:00" }, Notify = { "ops" },
            },
        });
        order.ShouldBe(new ScanOrder
        {
            Sources =
            {
                new LogSource { Files = new FileLogSource { Path = "/srv/shop/log/*.log", Rotated = true } },
                new LogSource { Files = new FileLogSource { Path = "/var/log/shop.log" } },
                new LogSource { Journal = new JournalLogSource { Fields = { "unit=shop.service", "priority<=err" } } },
                new LogSource { Journal = new JournalLogSource { Path = "/var/log/journal/remote" } },
                new LogSource { Journal = new JournalLogSource() },
                new LogSource { Kernel = new KernelLogSource() },
            },
            Patterns =
            {
                new ScanPattern { Pattern = new LogPattern { Name = "oom", Text = "OOMKilled", Fixed = true }, Severity = Severity.Critical },
                new ScanPattern { Pattern = new LogPattern { Name = "slow", Text = @"took \d{4,}ms", IgnoreCase = true, WholeWord = true }, Severity = Severity.Warning },
                new ScanPattern { Pattern = new LogPattern { Name = "http", Text = @"HTTP 5\d\d" }, Severity = Severity.Warning },
            },
            Exclude = { new LogPattern { Text = "healthcheck" }, new LogPattern { Text = "a.b", Fixed = true }, new LogPattern { Text = "user=probe" } },
            JsonFields = { "level=error", "status>=500" },
            RecordStart = new LogPattern { Text = @"^\d{4}-" },
            Encoding = LogEncoding.Latin1,
            EveryMs = 90_000,
            FirstRunLines = 1000,
            HitsPerMinute = 60,
        });
    }

    [Fact]
    public void What_is_left_out_has_a_plain_meaning()
    {
        var scan = SomeScans.SetOf(SomeScans.Well).Scans.ShouldHaveSingleItem();
        scan.Order.EveryMs.ShouldBe(0, "continuous");
        scan.Order.FirstRunLines.ShouldBe(0u, "from now on");
        scan.Order.Patterns[0].Severity.ShouldBe(Severity.Warning);
        scan.Alert.ShouldBe(new AlertRule { Count = 1, Grouping = AlertRule.Types.Grouping.Host });
        SomeScans.SetOf(SomeScans.Well + "\n    alert: off").Scans[0].Alert.Disabled.ShouldBeTrue();
        SomeScans.SetOf(SomeScans.Well + "\n    every: continuous").Scans[0].Order.EveryMs.ShouldBe(0);
    }

    [Fact]
    public void Channels_take_their_secrets_from_the_environment()
    {
        using var scans = new SomeScans();
        var file = scans.Put("channels.yaml", """
            channels:
              - name: ops
                webhook: {url: 'https://chat.example/${ROOM}/$${plain}', form: slack, headers: {Authorization: 'Bearer ${TOKEN}'}}
              - name: pager
                command: [/usr/local/bin/page, --urgent]
              - name: mail
                smtp: {host: mail.example, from: fleet@example.org, to: [a@example.org, b@example.org], user: fleet, password: '${SECRET}', start_tls: true}
            """);
        var set = scans.Read([file], new Dictionary<string, string> { ["ROOM"] = "r7", ["TOKEN"] = "t", ["SECRET"] = "s: #{" });
        scans.Faults.ThrowIfAny();
        set.Channels.ShouldBe(
        [
            new NotificationChannel
            {
                Name = "ops",
                Webhook = new Webhook { Url = "https://chat.example/r7/${plain}", Form = Webhook.Types.Form.Slack, Headers = { ["Authorization"] = "Bearer t" } },
            },
            new NotificationChannel { Name = "pager", Command = new CommandChannel { Words = { "/usr/local/bin/page", "--urgent" } } },
            new NotificationChannel
            {
                Name = "mail",
                Smtp = new Smtp { Host = "mail.example", Port = 587, From = "fleet@example.org", To = { "a@example.org", "b@example.org" }, User = "fleet", Password = "s: #{", StartTls = true },
            },
        ]);
    }

    [Fact]
    public void A_check_goes_without_the_secrets_and_names_them()
    {
        using var scans = new SomeScans();
        var unset = new SortedSet<string>();
        scans.Read([scans.Put("a.yaml", "channels: [{name: ops, webhook: {url: '${FLEET_URL}'}}]")], unset: unset);
        scans.Faults.ThrowIfAny();
        unset.ShouldBe(["FLEET_URL"]);
    }

    [Fact]
    public void An_include_puts_other_hosts_sources_and_channels_in_the_place_of_the_packs()
    {
        using var scans = new SomeScans();
        scans.Put("packs/mine.yaml", SomeScans.Well);
        var file = scans.Put("all.yaml", """
            include:
              - packs/mine.yaml
              - pack: nginx
                target: dc=fra
                sources: [{file: /srv/log/nginx.log}]
                notify: [ops]
            channels: [{name: ops, command: /bin/true}]
            """);
        var set = scans.Read([file]);
        set.CheckMentions([], scans.Faults);
        scans.Faults.ThrowIfAny();
        set.Scans.Select(scan => (scan.Name, scan.Target)).ShouldBe([("oom", "*"), ("nginx", "dc=fra"), ("nginx-5xx", "dc=fra")]);
        set.Scans[1].Order.Sources.ShouldHaveSingleItem().Files.Path.ShouldBe("/srv/log/nginx.log");
        set.Scans[1].Alert.Notify.ShouldBe(["ops"]);
        set.Scans[1].Alert.Count.ShouldBe(5u, "the rest of the rule is the pack's");
        set.Files.ShouldBe(3);
    }

    [Fact]
    public void Files_that_include_one_another_are_read_once()
    {
        using var scans = new SomeScans();
        scans.Put("a.yaml", SomeScans.Well + "\ninclude: [b.yaml, a.yaml]");
        scans.Put("b.yaml", "include: [a.yaml]");
        scans.Read([scans.Folder]).Scans.Count.ShouldBe(1);
        scans.Faults.ThrowIfAny();
    }

    [Fact]
    public void Several_documents_and_anchors()
    {
        using var scans = new SomeScans();
        var set = scans.Read([scans.Put("a.yaml", """
            scans:
              - name: a
                target: &web role=web
                sources: &where
                  - journal
                patterns: [x]
              - {name: b, target: *web, sources: *where, patterns: [y]}
            ---
            scans:
              - {name: c, target: '*', sources: journal, patterns: z}
            """)]);
        scans.Faults.ThrowIfAny();
        set.Scans.Select(scan => (scan.Name, scan.Target, scan.Order.Sources.Count)).ShouldBe([("a", "role=web", 1), ("b", "role=web", 1), ("c", "*", 1)]);
    }

    [Fact]
    public void The_example_of_the_guide_is_well()
    {
        using var scans = new SomeScans();
        var set = scans.Read([scans.Put("guide.yaml", Example())], new Dictionary<string, string> { ["OPS_WEBHOOK"] = "https://chat.example/r", ["SMTP_PASSWORD"] = "p" });
        set.CheckMentions([], scans.Faults);
        scans.Faults.ThrowIfAny();
        set.Scans.Select(scan => scan.Name).ShouldBe(["kernel", "nginx", "nginx-5xx", "shop"]);
        set.Channels.Count.ShouldBe(3);
    }

    [Fact]
    public void However_a_file_is_mangled_it_is_read_or_refused()
    {
        const string Signs = "{}[]:-#&*!|>'\"%@`, \n\t\\()?ab1";
        var random = new Random(20261121);
        var example = Example().Replace("pack:", "no:", StringComparison.Ordinal);
        for (var round = 0; round < 300; round++)
        {
            var text = new System.Text.StringBuilder(example);
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(text.Length);
                text.Remove(at, Math.Min(random.Next(3), text.Length - at)).Insert(at, Signs[random.Next(Signs.Length)]);
            }

            // Whatever comes out, it comes out as faults: an exception would be shown as one.
            SomeScans.FaultsOf(text.ToString());
        }
    }

    private static string Example()
    {
        var guide = File.ReadAllText(Repository.At("docs", "scans.md"));
        var begin = guide.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        return guide[begin..guide.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    [Fact]
    public void A_named_group_is_warned_of_since_nothing_makes_use_of_it()
    {
        using var scans = new SomeScans();
        var file = scans.Put("a.yaml", """
            scans:
              - name: sshd
                target: '*'
                sources: [journal]
                patterns:
                  - {name: guess, regex: 'Failed password for (?<user>\w+) from (?<ip>\S+)'}
                  - {name: text, text: '(?<user>'}
                  - '(?:a|b)'
            """);
        var set = scans.Read([file]);

        ScanCheckCommand.UnusedNames(set.Scans).ShouldBe(
        [
            "warning: sshd, pattern guess: the named group <user> is not used; it is treated as (?:...)",
            "warning: sshd, pattern guess: the named group <ip> is not used; it is treated as (?:...)",
        ]);
    }
}
