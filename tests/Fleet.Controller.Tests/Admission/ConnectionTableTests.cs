using System.Net;
using Fleet.Controller.Admission;
using Fleet.Controller.Tests.Hosting;
using Fleet.Tests;

namespace Fleet.Controller.Tests.Admission;

/// <summary>Who gives way to whom, without a connection.</summary>
public sealed class ConnectionTableTests
{
    private readonly KnownSources _known = new(new ManualTime());
    private readonly List<string> _evicted = [];

    [Fact]
    public void Where_a_pool_is_full_the_source_with_most_loses_its_oldest_that_waits()
    {
        var pool = new ConnectionPool(() => 4, _known);
        Enter(pool, 1, "a1").SetServed(true);
        Enter(pool, 1, "a2");
        Enter(pool, 1, "a3");
        Enter(pool, 2, "b1");

        Enter(pool, 3, "c1");
        Enter(pool, 4, "d1");
        _evicted.ShouldBe(["a2", "a3"]);
        pool.Count.ShouldBe(4);
        pool.Evicted.ShouldBe(2);
    }

    [Fact]
    public void A_flood_from_one_source_evicts_itself_alone()
    {
        var pool = new ConnectionPool(() => 100, _known);
        for (var i = 0; i < 50; i++)
            Enter(pool, 1000 + i, "honest");
        for (var i = 0; i < 5000; i++)
            Enter(pool, 1, "flood");

        _evicted.ShouldAllBe(who => who == "flood");
        pool.Count.ShouldBe(100);
    }

    [Fact]
    public void A_known_source_may_have_four_times_as_many()
    {
        using var link = _known.Connected(Somewhere.At(1));
        var pool = new ConnectionPool(() => 5, _known);
        for (var i = 0; i < 4; i++)
            Enter(pool, 1, "known");
        Enter(pool, 2, "stranger");
        Enter(pool, 2, "stranger");
        _evicted.ShouldBe(["stranger"]);
    }

    [Fact]
    public void Who_has_left_or_was_evicted_is_gone_once()
    {
        var pool = new ConnectionPool(() => 1, _known);
        var first = Enter(pool, 1, "first");
        var second = Enter(pool, 2, "second");
        _evicted.ShouldBe(["first"]);
        first.Dispose();
        first.SetServed(true);
        pool.Count.ShouldBe(1);
        second.Dispose();
        second.Dispose();
        pool.Count.ShouldBe(0);
    }

    [Fact]
    public void Strangers_never_fill_the_table_and_agents_do()
    {
        var table = Table(100);
        for (var i = 0; i < 1000; i++)
        {
            table.Newcomers.Enter(Somewhere.At(i), _ => { });
            table.Anonymous.Enter(Somewhere.At(i), _ => { });
        }

        table.Newcomers.Count.ShouldBe(25);
        table.Anonymous.Count.ShouldBe(10);
        table.IsFull.ShouldBeFalse();
        for (var i = 0; i < 65; i++)
            table.EnterAuthenticated();
        table.IsFull.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_finds_it_full_waits_until_one_ends()
    {
        var table = Table(16);
        await table.WaitForRoomAsync(CancellationToken.None);
        for (var i = 0; i < 16; i++)
            table.Opened();
        var waiting = table.WaitForRoomAsync(CancellationToken.None).AsTask();
        waiting.IsCompleted.ShouldBeFalse();

        table.Closed();
        await waiting.WaitAsync(TimeLimit.Default);

        using var ended = new CancellationTokenSource();
        table.Opened();
        var given = table.WaitForRoomAsync(ended.Token).AsTask();
        await ended.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given.WaitAsync(TimeLimit.Default));
    }

    [Theory]
    [InlineData(15_000, 65_536, 200, 15_000)]
    [InlineData(15_000, 1024, 196, 700)]
    [InlineData(15_000, 256, 40, 162)]
    [InlineData(15_000, 256, 196, 28)]
    [InlineData(15_000, 128, 120, -24)]
    [InlineData(20, 256, 40, 20)]
    public void Connections_are_fitted_to_the_files_that_may_be_open(int asked, int limit, int inUse, int connections) =>
        DescriptorFit.Of(asked, limit, inUse).Connections.ShouldBe(connections);

    [Fact]
    public void The_kernel_says_how_many_files_this_process_may_have_open()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var (limit, inUse) = DescriptorFit.OfProcess(0).ShouldNotBeNull();
        inUse.ShouldBeInRange(4, limit);
        DescriptorFit.OfProcess(3)!.Value.InUse.ShouldBeLessThan(limit);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void A_source_is_an_IPv4_address_or_a_64_of_IPv6(string one, string other, bool isSame) =>
        (PeerSource.Of(IPAddress.Parse(one)) == PeerSource.Of(IPAddress.Parse(other))).ShouldBe(isSame);

    [Fact]
    public void A_source_is_written_as_people_know_it()
    {
        PeerSource.Of(IPAddress.Parse("2001:db8::1")).ToString().ShouldBe("2001:db8::/64");
        PeerSource.Of(IPAddress.Parse("10.0.0.1")).ToString().ShouldBe("10.0.0.1");
        PeerSource.Of((IPAddress?)null).ToString().ShouldBe("unknown");
    }

    [Fact]
    public void Shares_are_refused_in_all_and_each_and_come_back_once()
    {
        var shares = new Shares<string>(() => 3, () => 2);
        var first = shares.TryTake("a").ShouldNotBeNull();
        shares.TryTake("a").ShouldNotBeNull();
        shares.TryTake("a").ShouldBeNull();
        shares.TryTake("b").ShouldNotBeNull();
        shares.TryTake("c").ShouldBeNull();
        first.Dispose();
        first.Dispose();
        shares.Taken.ShouldBe(2);
        shares.TryTake("c").ShouldNotBeNull();
    }

    private ConnectionTable Table(int max) => new(max, new HandshakeOptions(), new AnonymousOptions(), _known);

    private PooledConnection Enter(ConnectionPool pool, int source, string name) => pool.Enter(Somewhere.At(source), _ => _evicted.Add(name));
}
