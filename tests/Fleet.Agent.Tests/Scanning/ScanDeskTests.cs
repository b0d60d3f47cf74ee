using Fleet.Agent.Scanning;
using Fleet.Agent.Tests.Link;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>Scans with their thread and a real link.</summary>
public sealed class ScanDeskTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Log => Path.Combine(_directory.Path, "app.log");

    [Fact]
    public async Task Hits_reach_the_controller_and_are_sent_again_until_it_has_them()
    {
        await using var controller = await ScriptedController.StartAsync();
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(controller.Address), hasScans: true);
        var link = await controller.NextLinkAsync();
        (await link.WelcomeAsync()).ScanSetDigest.ShouldBe("");
        await link.SendAsync(new ControllerMessage { ScanSet = Set() });
        await UntilAsync(link, message => message.ScanStates?.Scans.Count == 1);
        await File.AppendAllTextAsync(Log, "hit 1\n");
        var first = (await UntilAsync(link, message => message.ScanReport is not null)).ScanReport;
        (first.Number, first.Hits.ShouldHaveSingleItem().Text.ToStringUtf8()).ShouldBe((1UL, "hit 1"));
        link.Cut();

        link = await controller.NextLinkAsync();
        (await link.WelcomeAsync()).ScanSetDigest.ShouldBe("digest");
        (await UntilAsync(link, message => message.ScanReport is not null)).ScanReport.ShouldBe(first);
        await link.SendAsync(new ControllerMessage { ScanReportAck = new ScanReportAck { SpoolId = first.SpoolId, Number = 1 } });
        await File.AppendAllTextAsync(Log, "hit 2\n");
        var second = (await UntilAsync(link, message => message.ScanReport is not null)).ScanReport;
        (second.Number, second.Hits.ShouldHaveSingleItem().Text.ToStringUtf8()).ShouldBe((2UL, "hit 2"));
    }

    [Fact]
    public async Task What_was_found_stands_in_the_states_seconds_later()
    {
        await using var controller = await ScriptedController.StartAsync();
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(controller.Address), hasScans: true);
        var link = await controller.NextLinkAsync();
        await link.WelcomeAsync();
        await link.SendAsync(new ControllerMessage { ScanSet = Set() });
        await UntilAsync(link, message => message.ScanStates?.Scans.Count == 1);
        await File.AppendAllTextAsync(Log, "hit 1\n");
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var state = (await UntilAsync(link, message => message.ScanStates?.Scans.Any(scan => scan.Hits == 1) == true)).ScanStates.Scans.Single();

        (state.ReadBytes, state.LastRunMs > 0).ShouldBe((6UL, true));
        // 1 s by the agent's clock; it was a minute.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Scans_go_on_by_themselves_after_a_restart_without_a_controller()
    {
        await using (var desk = Open())
        {
            desk.Digest.ShouldBe("");
            var told = Told(desk);
            desk.Take(Set());
            desk.Digest.ShouldBe("digest");
            await told;
            desk.ComesToRest().ShouldBeTrue("what the first look has left behind is given back");
        }

        await File.AppendAllTextAsync(Log, "hit between\n");
        await using var again = Open();
        again.Digest.ShouldBe("digest");
        (await NextHitAsync(again, 1)).ShouldBe("hit between");
        await File.AppendAllTextAsync(Log, "hit after\n");
        (await NextHitAsync(again, 2)).ShouldBe("hit after");
    }

    [Fact]
    public async Task A_line_becomes_a_report_well_within_a_second()
    {
        await using var desk = Open();
        var told = Told(desk);
        desk.Take(Set());
        await told;
        var slowest = TimeSpan.Zero;
        for (ulong i = 1; i <= 5; i++)
        {
            var began = TimeProvider.System.GetTimestamp();
            await File.AppendAllTextAsync(Log, $"hit {i}\n");
            (await NextHitAsync(desk, i)).ShouldBe($"hit {i}");
            slowest = TimeProvider.System.GetElapsedTime(began) is var took && took > slowest ? took : slowest;
        }

        // The sweep would find it after 10 s; on a machine that is busy with other tests inotify may take its time.
        slowest.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<AgentMessage> UntilAsync(ScriptedLink link, Func<AgentMessage, bool> isWanted)
    {
        while (true)
        {
            if (await link.NextAsync() is var message && isWanted(message))
                return message;
        }
    }

    private static Task Told(ScanDesk desk)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        desk.Changed += () =>
        {
            if (desk.States?.Scans.Count == 1)
                told.TrySetResult();
        };
        return told.Task.WaitAsync(ScriptedController.Patience);
    }

    private static async Task<string> NextHitAsync(ScanDesk desk, ulong number)
    {
        var published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void OnPublished()
        {
            if (desk.Spool.IsThere(number))
                published.TrySetResult();
        }

        desk.Spool.Published += OnPublished;
        OnPublished();
        await published.Task.WaitAsync(ScriptedController.Patience);
        desk.Spool.Published -= OnPublished;
        return desk.Spool.Read(number).ShouldNotBeNull().Hits.ShouldHaveSingleItem().Text.ToStringUtf8();
    }

    private ScanSet Set() => new() { Digest = "digest", Scans = { ScanBench.Order(Log) } };

    private ScanDesk Open()
    {
        var state = Directory.CreateDirectory(Path.Combine(_directory.Path, "scans")).FullName;
        return new ScanDesk(state, new ScanOptions(), new ScanHost("host1", "boot"), TimeProvider.System, NullLoggerFactory.Instance);
    }
}
