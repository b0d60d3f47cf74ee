using Fleet.Controller.Hosting;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Hosting;

public sealed class HandshakeGateTests
{
    private readonly ManualTime _time = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Only_so_many_handshakes_are_in_progress_and_the_next_waits_for_a_slot()
    {
        var gate = new HandshakeGate(new HandshakeOptions { AtOnce = 2, Waiting = 1 }, _time);
        var first = await EnterAsync(gate);
        (await EnterAsync(gate)).ShouldNotBeNull();
        var waiting = gate.EnterAsync(CancellationToken.None).AsTask();

        waiting.IsCompleted.ShouldBeFalse();
        gate.Waiting.ShouldBe(1);
        gate.InProgress.ShouldBe(2);
        first!.Dispose();
        first.Dispose();

        (await waiting.WaitAsync(TimeLimit.Default)).ShouldNotBeNull();
        gate.Waiting.ShouldBe(0);
        gate.InProgress.ShouldBe(2);
        gate.Refused.ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_finds_the_queue_full_is_turned_away_at_once()
    {
        var gate = new HandshakeGate(new HandshakeOptions { AtOnce = 1, Waiting = 1 }, _time);
        (await EnterAsync(gate)).ShouldNotBeNull();
        var waiting = gate.EnterAsync(CancellationToken.None).AsTask();

        (await EnterAsync(gate)).ShouldBeNull();
        gate.Refused.ShouldBe(1);
        waiting.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Waiting_ends_with_the_time_limit_and_with_the_connection()
    {
        var gate = new HandshakeGate(new HandshakeOptions { AtOnce = 1, Timeout = TimeSpan.FromSeconds(10) }, _time);
        (await EnterAsync(gate)).ShouldNotBeNull();
        using var gone = new CancellationTokenSource();
        var patient = gate.EnterAsync(CancellationToken.None).AsTask();
        var leaving = gate.EnterAsync(gone.Token).AsTask();

        await gone.CancelAsync();
        (await leaving.WaitAsync(TimeLimit.Default)).ShouldBeNull();
        _time.Advance(TimeSpan.FromSeconds(9));
        patient.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await patient.WaitAsync(TimeLimit.Default)).ShouldBeNull();
        gate.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task The_rate_holds_over_a_second_and_recovers_with_time()
    {
        var gate = new HandshakeGate(new HandshakeOptions { AtOnce = 1000, PerSecond = 50 }, _time);
        for (var i = 0; i < 50; i++)
            (await EnterAsync(gate)).ShouldNotBeNull();
        (await EnterAsync(gate)).ShouldBeNull();

        _time.Advance(TimeSpan.FromMilliseconds(100));

        for (var i = 0; i < 5; i++)
            (await EnterAsync(gate)).ShouldNotBeNull();
        (await EnterAsync(gate)).ShouldBeNull();
    }

    private static Task<HandshakeSlot?> EnterAsync(HandshakeGate gate) => gate.EnterAsync(CancellationToken.None).AsTask().WaitAsync(TimeLimit.Default);
}
