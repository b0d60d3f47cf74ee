using Fleet.Controller.Admission;
using Fleet.Controller.Tests.Hosting;
using Fleet.Hosting.Settings;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Admission;

public sealed class HandshakeGateTests : IDisposable
{
    private static readonly PeerSource s_attacker = Somewhere.At(1);
    private readonly ManualTime _time = new();
    private readonly KnownSources _known;
    private HandshakeOptions _options = new() { MaxConcurrent = 4, MaxPerSecond = 1000, MaxPerSecondPerSource = 1000 };
    private readonly HandshakeGate _gate;

    public HandshakeGateTests()
    {
        _known = new KnownSources(_time);
        _gate = new HandshakeGate(new Reloadable<HandshakeOptions>(() => _options), _known, _time);
    }

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task A_source_has_a_quarter_of_the_turns_and_the_next_of_it_waits_while_others_go_by()
    {
        var first = await GotAsync(s_attacker);
        var second = Asks(s_attacker);
        await GotAsync(Somewhere.At(2));

        second.IsCompleted.ShouldBeFalse();
        _gate.InProgress.ShouldBe(2);
        first.Dispose();
        first.Dispose();

        await IsGivenAsync(second);
        _gate.InProgress.ShouldBe(2);
        _gate.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Sources_take_turns_whatever_number_of_connections_each_has()
    {
        _options = _options with { MaxConcurrent = 1 };
        var turn = await GotAsync(Somewhere.At(9));
        var many = Enumerable.Range(0, 1000).Select(_ => Asks(s_attacker)).ToArray();
        var honest = Asks(Somewhere.At(2));

        turn.Dispose();
        (await IsGivenAsync(many[0])).Dispose();

        (await IsGivenAsync(honest)).Dispose();
        await IsGivenAsync(many[1]);
        many[2].IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_quarter_of_the_turns_is_kept_for_known_sources()
    {
        using var link = _known.Connected(Somewhere.At(7));
        for (var i = 0; i < 3; i++)
            await GotAsync(Somewhere.At(10 + i));
        var stranger = Asks(Somewhere.At(20));

        var own = await GotAsync(Somewhere.At(7));
        stranger.IsCompleted.ShouldBeFalse();
        own.Dispose();
        stranger.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task A_quarter_of_the_rate_is_kept_for_known_sources()
    {
        _options = _options with { MaxConcurrent = 1, MaxPerSecond = 100 };
        using var link = _known.Connected(Somewhere.At(7));
        for (var i = 0; i < 75; i++)
            (await GotAsync(Somewhere.At(100 + i))).Dispose();

        var stranger = Asks(Somewhere.At(20));
        stranger.IsCompleted.ShouldBeFalse();
        for (var i = 0; i < 25; i++)
            (await GotAsync(Somewhere.At(7))).Dispose();
        var tooMany = Asks(Somewhere.At(7));
        tooMany.IsCompleted.ShouldBeFalse();

        // Nobody is sent away for the rate: with time comes his turn.
        _time.Advance(TimeSpan.FromMilliseconds(10));
        (await IsGivenAsync(tooMany)).Dispose();
        for (var i = 0; i < 30; i++)
            _time.Advance(TimeSpan.FromMilliseconds(10));
        await IsGivenAsync(stranger);
    }

    [Fact]
    public async Task A_strangers_source_has_a_rate_of_its_own_and_a_known_one_the_whole()
    {
        _options = _options with { MaxConcurrent = 64, MaxPerSecondPerSource = 5 };
        for (var i = 0; i < 5; i++)
            (await GotAsync(s_attacker)).Dispose();
        var sixth = Asks(s_attacker);
        sixth.IsCompleted.ShouldBeFalse();
        await GotAsync(Somewhere.At(2));

        using var link = _known.Connected(s_attacker);
        await GotAsync(s_attacker);
        await IsGivenAsync(sixth);
    }

    [Fact]
    public async Task Who_has_begun_goes_before_those_who_have_not()
    {
        _options = _options with { MaxConcurrent = 1 };
        var turn = await GotAsync(Somewhere.At(9));
        var fresh = Asks(Somewhere.At(2));
        var begun = Asks(Somewhere.At(3), hasBegun: true);

        turn.Dispose();

        (await IsGivenAsync(begun)).Dispose();
        await IsGivenAsync(fresh);
    }

    [Fact]
    public async Task A_connection_that_goes_leaves_the_queue_and_takes_nobodys_turn()
    {
        _options = _options with { MaxConcurrent = 1 };
        var turn = await GotAsync(Somewhere.At(9));
        using var gone = new CancellationTokenSource();
        var leaving = Asks(Somewhere.At(2), gone: gone.Token);
        var staying = Asks(Somewhere.At(2));

        await gone.CancelAsync();

        (await leaving.WaitAsync(TimeLimit.Default)).ShouldBeNull();
        _gate.Waiting.ShouldBe(1);
        turn.Dispose();
        (await IsGivenAsync(staying)).Dispose();
        _gate.InProgress.ShouldBe(0);
    }

    [Fact]
    public void A_source_of_which_an_agent_is_known_is_known_for_an_hour_after_that()
    {
        _known.IsKnown(s_attacker).ShouldBeFalse();
        var first = _known.Connected(s_attacker);
        var second = _known.Connected(s_attacker);
        first.Dispose();
        first.Dispose();
        _time.Advance(TimeSpan.FromHours(5));
        _known.IsKnown(s_attacker).ShouldBeTrue();
        second.Dispose();
        _time.Advance(TimeSpan.FromMinutes(59));
        _known.IsKnown(s_attacker).ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(1));
        _known.IsKnown(s_attacker).ShouldBeFalse();
    }

    private Task<HandshakeSlot> GotAsync(PeerSource source) => IsGivenAsync(Asks(source));

    private Task<HandshakeSlot?> Asks(PeerSource source, bool hasBegun = false, CancellationToken gone = default) =>
        _gate.EnterAsync(source, hasBegun, gone).AsTask();

    private static async Task<HandshakeSlot> IsGivenAsync(Task<HandshakeSlot?> asked) => (await asked.WaitAsync(TimeLimit.Default)).ShouldNotBeNull();
}
