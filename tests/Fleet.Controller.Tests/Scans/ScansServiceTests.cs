using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using static Fleet.Protocol.V1.ControllerMessage;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Scans;

/// <summary>Standing scans over a real server: what operators apply is what agents get.</summary>
public sealed class ScansServiceTests
{
    public static TheoryData<string, Action<ScanDefinition>> BadScans => new()
    {
        { "name", scan => scan.Name = "a b" },
        { "target: column", scan => scan.Target = "role=" },
        { "target is required", scan => scan.Target = "" },
        { "order is required", scan => scan.Order = null },
        { "order.sources has 0", scan => scan.Order.Sources.Clear() },
        { "order.sources[0]: \"var/log\" is not an absolute path", scan => scan.Order.Sources[0].Files.Path = "var/log" },
        { "order.sources[0].journal.fields", scan => scan.Order.Sources[0] = new LogSource { Journal = new JournalLogSource { Fields = { "unit" } } } },
        { "order.patterns has 0", scan => scan.Order.Patterns.Clear() },
        { "order.patterns[0]:", scan => scan.Order.Patterns[0].Pattern.Text = "a(" },
        { "order.patterns[0]:", scan => scan.Order.Patterns[0].Pattern.Text = "(?=a)b" },
        { "order.patterns[0]:", scan => scan.Order.Patterns[0].Pattern = null },
        { "order.exclude[0]:", scan => scan.Order.Exclude.Add(new LogPattern { Text = "[" }) },
        { "order.record_start:", scan => scan.Order.RecordStart = new LogPattern { Text = "*" } },
        { "order.json_fields", scan => scan.Order.JsonFields.Add("level") },
        { "order.every_ms", scan => scan.Order.EveryMs = 10 },
        { "alert.window_ms", scan => scan.Alert.WindowMs = -1 },
        { "alert.for_ms", scan => scan.Alert.ForMs = long.MaxValue },
        { "alert.grouping", scan => scan.Alert.Grouping = (AlertRule.Types.Grouping)9 },
        { "alert.quiet_hours: \"22-6\"", scan => scan.Alert.QuietHours.Add("22-6") },
        { "alert.quiet_hours leave no time", scan => scan.Alert.QuietHours.Add("00:00-24:00") },
        { "alert.notify: there is no channel \"ops\"", scan => scan.Alert.Notify.Add("ops") },
        { "retention_ms", scan => scan.RetentionMs = 1 },
    };

    public static TheoryData<string, NotificationChannel> BadChannels => new()
    {
        { "webhook, command or smtp", new NotificationChannel { Name = "c" } },
        { "webhook.url", SomeScans.Webhook("c", "ftp://x") },
        { "write the secret itself", SomeScans.Webhook("c", "https://hooks.example.org/***") },
        { "Authorization", SomeScans.Webhook("c", "https://me:word@hooks.example.org/") },
        { "webhook.headers", new NotificationChannel { Name = "c", Webhook = new Webhook { Url = "https://a.example.org", Headers = { ["a\r\n"] = "b" } } } },
        { "command.words[0]", new NotificationChannel { Name = "c", Command = new CommandChannel { Words = { "page", "me" } } } },
        { "smtp.to", new NotificationChannel { Name = "c", Smtp = new Smtp { Host = "mail.example.org", From = "a@example.org", To = { "nobody" } } } },
        { "smtp.tls", new NotificationChannel { Name = "c", Smtp = new Smtp { Host = "mail.example.org", From = "a@example.org", To = { "b@example.org" }, User = "a", Password = "b" } } },
        { "smtp.tls", new NotificationChannel { Name = "c", Smtp = new Smtp { Host = "mail.example.org", From = "a@example.org", To = { "b@example.org" }, Tls = Smtp.Types.Tls.None, StartTls = true } } },
        { "smtp.tls", new NotificationChannel { Name = "c", Smtp = new Smtp { Host = "mail.example.org", From = "a@example.org", To = { "b@example.org" }, Tls = (Smtp.Types.Tls)9 } } },
    };

    [Theory]
    [MemberData(nameof(BadScans))]
    public async Task A_fault_of_one_scan_is_named_and_nothing_is_applied(string named, Action<ScanDefinition> spoil)
    {
        await using var controller = await TestController.StartAsync();

        var refusal = await Should.ThrowAsync<RpcException>(() => SomeScans.ApplyAsync(controller, SomeScans.Scan("good"), SomeScans.Scan("bad", change: spoil)));

        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain(named);
        refusal.Status.Detail.ShouldStartWith("scan \"");
        (await ListAsync(controller)).Scans.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(BadChannels))]
    public async Task A_fault_of_a_channel_is_named(string named, NotificationChannel channel)
    {
        await using var controller = await TestController.StartAsync();

        var refusal = await Should.ThrowAsync<RpcException>(() => SomeScans.ApplyAsync(controller, new ApplyScansRequest { Channels = { channel } }));

        refusal.Status.Detail.ShouldStartWith("channel \"c\": ");
        refusal.Status.Detail.ShouldContain(named);
    }

    [Fact]
    public async Task Applying_tells_what_it_changes_and_does_it_only_where_it_is_meant()
    {
        await using var controller = await TestController.StartAsync();
        var file = new ApplyScansRequest { Scans = { SomeScans.Scan("oom"), SomeScans.Scan("disk") }, Channels = { SomeScans.Webhook("ops", "https://a.example.org/x") }, DryRun = true };

        (await SomeScans.ApplyAsync(controller, file)).Created.ShouldBe(["channel ops", "oom", "disk"]);
        (await ListAsync(controller)).Scans.ShouldBeEmpty();
        file.DryRun = false;
        await SomeScans.ApplyAsync(controller, file);
        (await SomeScans.ApplyAsync(controller, file)).Unchanged.ShouldBe(["channel ops", "oom", "disk"]);

        var next = new ApplyScansRequest { Scans = { SomeScans.Scan("oom", change: scan => scan.Order.EveryMs = 60_000) }, Prune = true };
        var reply = await SomeScans.ApplyAsync(controller, next);

        reply.Changed.ShouldBe(["oom"]);
        reply.Deleted.ShouldBe(["channel ops", "disk"]);
        var list = await ListAsync(controller);
        list.Scans.Single().Definition.Order.EveryMs.ShouldBe(60_000);
        list.Channels.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_channel_that_a_scan_names_cannot_be_pruned_from_under_it_and_its_secrets_are_not_shown()
    {
        await using var controller = await TestController.StartAsync();
        var webhook = SomeScans.Webhook("ops", "https://hooks.example.org:8443/secret?token=1");
        webhook.Webhook.Headers["Authorization"] = "Bearer secret";
        var mail = new NotificationChannel { Name = "mail", Smtp = new Smtp { Host = "localhost", From = "a@example.org", To = { "b@example.org" }, User = "a", Password = "secret" } };
        await SomeScans.ApplyAsync(controller, new ApplyScansRequest { Channels = { webhook, mail }, Scans = { SomeScans.Scan("oom", change: scan => scan.Alert.Notify.Add("ops")) } });

        var list = await ListAsync(controller);

        list.ToString().ShouldNotContain("secret");
        list.Channels.Single(channel => channel.Name == "ops").Webhook.Url.ShouldBe("https://hooks.example.org:8443/***");
        var prune = new ApplyScansRequest { Scans = { SomeScans.Scan("oom", change: scan => scan.Alert.Notify.Add("ops")) }, Prune = true };
        (await Should.ThrowAsync<RpcException>(() => SomeScans.ApplyAsync(controller, prune))).Status.Detail.ShouldContain("there is no channel \"ops\"");
    }

    [Fact]
    public async Task Agents_get_the_scans_that_are_meant_for_them_when_those_or_they_themselves_change()
    {
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1", ("role", "web"));
        await using var agent = await ScriptedAgent.LinkAsync(controller, record);

        await SomeScans.ApplyAsync(controller, SomeScans.Scan("web", "role=web"), SomeScans.Scan("db", "role=db"));
        var first = await agent.ScanSetAsync();
        first.Scans.Single().Name.ShouldBe("web");
        first.Scans.Single().Revision.ShouldBeGreaterThan(0u);

        controller.Registry.Change(record.Id, known => known with { Labels = new Dictionary<string, string> { ["role"] = "db" } });
        var second = await agent.ScanSetAsync();
        second.Scans.Single().Name.ShouldBe("db");
        second.Digest.ShouldNotBe(first.Digest);

        await CallAsync(controller, (scans, headers) => scans.PauseScansAsync(new PauseScansRequest { Names = { "db" } }, headers).ResponseAsync);
        (await agent.ScanSetAsync()).Scans.Single().Paused.ShouldBeTrue();
        await CallAsync(controller, (scans, headers) => scans.DeleteScansAsync(new DeleteScansRequest { Names = { "db" } }, headers).ResponseAsync);
        var none = await agent.ScanSetAsync();
        none.Scans.ShouldBeEmpty();
        none.Digest.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agent_that_comes_back_gets_its_scans_only_where_they_differ()
    {
        await using var controller = await TestController.StartAsync();
        var record = await controller.EnrollAsync("web1");
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("oom"));
        ScanSet set;
        await using (var agent = await ScriptedAgent.LinkAsync(controller, record))
            set = await agent.ScanSetAsync();
        await controller.RestartAsync();

        await using var again = ScriptedAgent.Open(controller, record);
        var hello = again.Hello();
        hello.Hello.ScanSetDigest = set.Digest;
        await again.SayAsync(hello);
        await again.ExpectAsync(MessageOneofCase.Welcome);
        await CallAsync(controller, (scans, headers) => scans.RunScanAsync(new RunScanRequest { Name = "oom" }, headers).ResponseAsync);
        (await again.ExpectAsync(MessageOneofCase.RunScan)).RunScan.Name.ShouldBe("oom");
    }

    [Fact]
    public async Task Details_tell_how_a_scan_fares_on_each_agent()
    {
        await using var controller = await TestController.StartAsync();
        await using var agent = await ScriptedAgent.LinkAsync(controller, await controller.EnrollAsync("web1"));
        await controller.EnrollAsync("web2");
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("oom"));
        var state = new ScanState { Name = "oom", Runs = 3, Sources = { new ScanSourceState { Source = "/var/log/app.log", Error = "no such file" } } };
        await agent.SayAsync(new AgentMessage { ScanStates = new ScanStates { Scans = { state } } });
        await agent.ReportAsync(1, [SomeScans.Hit("oom", 1), SomeScans.Hit("oom", 2)]);

        var details = await CallAsync(controller, (scans, headers) => scans.GetScanAsync(new GetScanRequest { Name = "oom" }, headers).ResponseAsync);

        details.Agents.Select(on => (on.AgentName, on.Online, on.State?.Runs)).ShouldBe([("web1", true, 3ul), ("web2", false, null)]);
        details.Overview.ChangedBy.ShouldNotBeEmpty();
        details.Overview.ChangedMs.ShouldBeGreaterThan(0);
        var run = await CallAsync(controller, (scans, headers) => scans.RunScanAsync(new RunScanRequest { Name = "oom" }, headers).ResponseAsync);
        (run.Agents, run.Failed.ShouldHaveSingleItem(), run.Offline.ShouldHaveSingleItem()).ShouldBe((1u, "web1", "web2"));
        var overview = details.Overview;
        (overview.Agents, overview.AgentsOnline, overview.AgentsFailed, overview.Hits).ShouldBe((2u, 1u, 1u, 2ul));
        overview.LastHitMs.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Details_of_a_scan_on_many_hosts_with_many_logs_fit_a_message()
    {
        await using var controller = await TestController.StartAsync();
        await SomeScans.ApplyAsync(controller, SomeScans.Scan("oom"));
        var states = controller.Services.GetRequiredService<ScanStateCache>();
        for (var agent = 1; agent <= 12; agent++)
        {
            var state = new ScanState { Name = "oom" };
            state.Sources.AddRange(Enumerable.Range(1, 1000).Select(log => new ScanSourceState { Source = $"/var/log/{new string('x', 400)}/{log}", LagBytes = (ulong)log }));
            state.Sources[7].Error = "no permission";
            states.Put((await controller.EnrollAsync($"web{agent}")).Id, new ScanStates { Scans = { state } });
        }

        var details = await CallAsync(controller, (scans, headers) => scans.GetScanAsync(new GetScanRequest { Name = "oom" }, headers).ResponseAsync);

        details.CalculateSize().ShouldBeLessThan(3_000_000);
        details.Agents.Count.ShouldBe(12);
        details.Agents[0].State.Sources.Count.ShouldBe(1000);
        details.Agents[^1].State.Sources.ShouldHaveSingleItem().Error.ShouldBe("no permission");
    }

    [Fact]
    public async Task A_scan_that_nobody_knows_is_not_found()
    {
        await using var controller = await TestController.StartAsync();

        var refusal = await Should.ThrowAsync<RpcException>(() =>
            CallAsync(controller, (scans, headers) => scans.DeleteScansAsync(new DeleteScansRequest { Names = { "nosuch" } }, headers).ResponseAsync));

        refusal.StatusCode.ShouldBe(StatusCode.NotFound);
        refusal.Status.Detail.ShouldContain("nosuch");
    }

    private static Task<ListScansReply> ListAsync(TestController controller) =>
        CallAsync(controller, (scans, headers) => scans.ListScansAsync(new ListScansRequest(), headers).ResponseAsync);

    private static Task<T> CallAsync<T>(TestController controller, Func<V1.Scans.ScansClient, Metadata, Task<T>> call) =>
        SomeScans.CallAsync(controller, (channel, headers) => call(new V1.Scans.ScansClient(channel), headers));
}
