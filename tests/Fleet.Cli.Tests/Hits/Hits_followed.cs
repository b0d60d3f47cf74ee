using Fleet.Cli.Hits;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Tests.Hits;

/// <summary>Following hits through links that break.</summary>
public sealed class Hits_followed
{
    private readonly List<string> _asked = [];
    private readonly List<string> _notes = [];
    private readonly Queue<object[]> _links = new();
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly RpcException s_broken = new(new Status(StatusCode.Unavailable, "gone"));

    [Fact]
    public async Task It_goes_on_behind_the_last_reply_where_the_link_breaks()
    {
        _links.Enqueue(["h1-5", "h1-7", s_broken]);
        _links.Enqueue([s_broken]);
        // A controller that stops in good order.
        _links.Enqueue(["h1-7", "h1-8"]);
        _links.Enqueue(["h1-9"]);

        (await ReadAsync(new SearchHitsRequest { Follow = true, SinceMs = 17 }, replies: 5)).ShouldBe(["h1-5", "h1-7", "h1-7", "h1-8", "h1-9"]);
        _asked.ShouldBe(["17:", "17:h1-7", "17:h1-7", "17:h1-8"]);
        _notes.ShouldBe(["connection to the controller lost; retrying", "reconnected to the controller", "connection to the controller lost; retrying", "reconnected to the controller"]);
    }

    [Fact]
    public async Task A_link_that_breaks_after_hours_of_quiet_is_tried_again_all_the_same()
    {
        _links.Enqueue(["h1-5", TimeSpan.FromHours(3), s_broken]);
        _links.Enqueue(["h1-6"]);

        (await ReadAsync(new SearchHitsRequest { Follow = true }, replies: 2)).ShouldBe(["h1-5", "h1-6"]);
    }

    [Fact]
    public async Task A_controller_that_stays_away_is_given_up_and_one_that_was_never_there_at_once()
    {
        _links.Enqueue([s_broken]);
        (await Should.ThrowAsync<RpcException>(() => ReadAsync(new SearchHitsRequest(), replies: 1))).ShouldBe(s_broken);
        _asked.Count.ShouldBe(1);

        _links.Enqueue(["h1-5", s_broken]);
        _links.Enqueue([TimeSpan.FromMinutes(9), s_broken]);
        _links.Enqueue([TimeSpan.FromMinutes(2), s_broken]);
        (await Should.ThrowAsync<RpcException>(() => ReadAsync(new SearchHitsRequest(), replies: 2))).ShouldBe(s_broken);
        _asked.Count.ShouldBe(4);
    }

    private async Task<List<string>> ReadAsync(SearchHitsRequest request, int replies)
    {
        var time = new LeapingTime();
        var watcher = new HitWatcher(Search, () => false, time, _notes.Add);
        var cursors = new List<string>();
        using var limit = new CancellationTokenSource(s_patience);
        await foreach (var reply in watcher.FollowAsync(request, limit.Token))
        {
            cursors.Add(reply.Cursor);
            if (cursors.Count == replies)
                break;
        }

        return cursors;

        AsyncServerStreamingCall<SearchHitsReply> Search(SearchHitsRequest asked, CancellationToken cancellationToken)
        {
            _asked.Add($"{asked.SinceMs}:{asked.AfterCursor}");
            return new AsyncServerStreamingCall<SearchHitsReply>(
                new Replies(_links.Dequeue(), time), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }
    }

    private sealed class Replies(object[] happenings, LeapingTime time) : IAsyncStreamReader<SearchHitsReply>
    {
        private readonly Queue<object> _happenings = new(happenings);

        public SearchHitsReply Current { get; private set; } = new();

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            while (_happenings.TryDequeue(out var next))
            {
                if (next is Exception failure)
                    return Task.FromException<bool>(failure);
                if (next is TimeSpan quiet)
                    time.Leap(quiet);
                else
                {
                    Current = new SearchHitsReply { Cursor = (string)next };
                    return Task.FromResult(true);
                }
            }

            return Task.FromResult(false);
        }
    }

    /// <summary>A clock in which pauses are over at once.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Leap(TimeSpan span) => _ticks += span.Ticks;

        public override long GetTimestamp() => _ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime > TimeSpan.Zero)
                Leap(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
