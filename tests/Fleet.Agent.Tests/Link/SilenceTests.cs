using Fleet.Protocol.V1;
using Fleet.Tests;

namespace Fleet.Agent.Tests.Link;

public sealed class SilenceTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private ScriptedController _controller = null!;

    public async Task InitializeAsync() => _controller = await ScriptedController.StartAsync();

    public async Task DisposeAsync() => await _controller.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_silent_controller_is_left_and_dialled_again()
    {
        var dialer = new PlainDialer(_controller.Address);
        await using var agent = new LinkedAgent(_directory.Path, dialer, _time);
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync(s_limit);
        await UntilAccepted(dialer, 1);

        var again = _controller.NextLinkAsync();
        await AdvanceUntil(() => again.IsCompleted);
        await (await again).WelcomeAsync(s_limit);
    }

    [Fact]
    public async Task A_controller_that_is_heard_of_is_kept_and_hears_heartbeats()
    {
        var dialer = new PlainDialer(_controller.Address);
        await using var agent = new LinkedAgent(_directory.Path, dialer, _time);
        var link = await _controller.NextLinkAsync();
        await link.WelcomeAsync(s_limit);
        for (var number = 1; number <= 10; number++)
        {
            // A task and its end say that all before it was heard; only then may the clock go on.
            await link.StartAsync(Some.Start(Some.TaskNumber(number), Some.Spec()));
            var end = await link.RecordsToEndAsync(Some.TaskNumber(number).ToString());
            await link.AckAsync(end[^1].TaskId, end[^1].Seq);
            _time.Advance(TimeSpan.FromSeconds(5));
            var message = await link.NextAsync();
            message.Heartbeat.ShouldNotBeNull().Number.ShouldBe((ulong)number);
            // Each tells how long the answer to the one before took; of the first there is none.
            (message.Heartbeat.RoundTripUs > 0).ShouldBe(number > 1);
            await link.SendAsync(new ControllerMessage { Heartbeat = new Heartbeat { Number = (ulong)number } });
        }

        dialer.Accepted.ShouldBe(1);
    }

    [Fact]
    public async Task A_controller_that_does_not_welcome_is_left_too()
    {
        await using var agent = new LinkedAgent(_directory.Path, new PlainDialer(_controller.Address), _time);
        var link = await _controller.NextLinkAsync();
        (await link.NextAsync()).Hello.ShouldNotBeNull();

        var again = _controller.NextLinkAsync();
        await AdvanceUntil(() => again.IsCompleted);
        (await (await again).NextAsync()).Hello.ShouldNotBeNull();
    }

    // The link's own reaction takes real time; the clock is moved little by little until it shows.
    private async Task AdvanceUntil(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(ScriptedController.Patience);
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, limit.Token);
        }
    }

    private static async Task UntilAccepted(PlainDialer dialer, int count)
    {
        using var limit = new CancellationTokenSource(ScriptedController.Patience);
        while (dialer.Accepted < count)
            await Task.Delay(5, limit.Token);
    }
}
