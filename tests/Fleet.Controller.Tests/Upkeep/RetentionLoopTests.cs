using Fleet.Controller.Identity;
using Fleet.Controller.Scans;
using Fleet.Controller.Tests.Dispatch;
using Fleet.Controller.Upkeep;
using Fleet.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using ManualTime = Fleet.Tests.ManualTime;
using TimeLimit = Fleet.Controller.Tests.Hosting.TimeLimit;

namespace Fleet.Controller.Tests.Upkeep;

/// <summary>What is gone is gone: nothing is removed because of its age by a clock that may be wrong.</summary>
public sealed class RetentionLoopTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_wrong_clock_at_the_start_removes_nothing_for_a_day_and_a_right_one_removes_what_is_old()
    {
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        var start = DateTimeOffset.UnixEpoch.AddDays(20_000);
        await store.Store.Revocations.AddAsync(new RevocationRecord("ended", start.AddDays(-800), start.AddDays(-900), "test"), None);
        await store.Store.Revocations.AddAsync(new RevocationRecord("recent", start.AddDays(-700), start.AddDays(-900), "test"), None);
        await NoteClockAsync(store.Store, start.AddDays(-800));

        var time = new ManualTime(start);
        await using (new Running(store.Store, time))
        {
            await PassAsync(time, TimeSpan.FromHours(23), store.Store);
            (await SerialsAsync(store.Store)).ShouldBe(["ended", "recent"]);
            await PassAsync(time, TimeSpan.FromHours(2), store.Store);

            // Two years after its end, twice the longest life of a certificate.
            await EventuallyAsync(time, async () => (await SerialsAsync(store.Store)).SequenceEqual(["recent"]));
        }
    }

    [Fact]
    public async Task The_first_look_comes_after_a_whole_period()
    {
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        var time = new ManualTime();
        await store.Store.Revocations.AddAsync(new RevocationRecord("ended", time.GetUtcNow().AddDays(-3000), time.GetUtcNow().AddDays(-3100), "test"), None);
        await NoteClockAsync(store.Store, time.GetUtcNow());

        await using var running = new Running(store.Store, time);
        await PassAsync(time, TimeSpan.FromMinutes(9), store.Store);
        (await SerialsAsync(store.Store)).ShouldBe(["ended"]);
        await EventuallyAsync(time, async () => (await SerialsAsync(store.Store)).Count == 0);
    }

    [Fact]
    public async Task A_store_of_an_earlier_version_has_no_note_and_is_asked_for_its_newest_record()
    {
        await using var store = await TestStore.OpenAsync(TimeProvider.System);
        (await store.Store.Retention.FindNewestAsync(None)).ShouldBeNull();
        var at = new DateTimeOffset(2026, 11, 30, 1, 2, 3, TimeSpan.Zero);
        await store.Store.Tokens.CreateAsync(
            new TokenRecord { Id = "t", SecretHash = new byte[32], Kind = TokenKind.Agent, ExpiresAt = at, CreatedAt = at, CreatedBy = "a test" }, None);

        (await store.Store.Retention.FindNewestAsync(None)).ShouldBe(at);
    }

    private static async Task PassAsync(ManualTime time, TimeSpan span, IFleetStore store)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromMinutes(1))
        {
            time.Advance(TimeSpan.FromMinutes(1));
            if (passed.Minutes % 10 == 0)
                await store.Settings.GetAsync("let the loop have its turn", None);
        }
    }

    private static async Task EventuallyAsync(ManualTime time, Func<Task<bool>> condition)
    {
        for (var tries = 0; !await condition(); tries++)
        {
            tries.ShouldBeLessThan(1000);
            time.Advance(TimeSpan.FromMinutes(10));
            await Task.Delay(5);
        }
    }

    private static Task NoteClockAsync(IFleetStore store, DateTimeOffset at) =>
        store.Settings.SetAsync(RetentionLoop.ClockSetting, BitConverter.GetBytes(at.ToUnixTimeMilliseconds()), None);

    private static async Task<IReadOnlyList<string>> SerialsAsync(IFleetStore store) =>
        [.. (await store.Revocations.ListAsync(None)).Select(revocation => revocation.Serial).Order(StringComparer.Ordinal)];

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;

        public Running(IFleetStore store, TimeProvider time)
        {
            var options = new RetentionOptions();
            var hits = new HitRetention(store, new ScanRegistry(), new AssignmentRegistry(), options, NullLogger<HitRetention>.Instance);
            _loop = new RetentionLoop(store, hits, options, new CertificateOptions(), time, NullLogger<RetentionLoop>.Instance).RunAsync(_stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loop.WaitAsync(TimeLimit.Default);
            _stop.Dispose();
        }
    }
}
