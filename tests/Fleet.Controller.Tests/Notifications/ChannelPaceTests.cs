using Fleet.Controller.Notifications;

namespace Fleet.Controller.Tests.Notifications;

/// <summary>How quickly a channel gets its messages: simulated receivers, each with a limit of its own, and a clock that nothing runs by itself.</summary>
public sealed class ChannelPaceTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_answer = TimeSpan.FromMilliseconds(20);
    private readonly NotifyOptions _options = new();

    [Fact]
    public void Without_a_limit_all_go_at_once_but_for_so_many_on_their_way()
    {
        var (took, refused) = Deliver(400, _ => DeliveryOutcome.Sent);

        // Eight at a time, each 20 ms.
        took.ShouldBe(TimeSpan.FromSeconds(1));
        refused.ShouldBe(0);
    }

    [Fact]
    public void A_receiver_of_one_message_a_second_gets_one_message_a_second()
    {
        var last = DateTimeOffset.MinValue;

        var (took, refused) = Deliver(60, now =>
        {
            if (now - last < TimeSpan.FromSeconds(1))
                return Throttled(TimeSpan.FromSeconds(1));
            last = now;
            return DeliveryOutcome.Sent;
        });

        took.ShouldBeLessThan(TimeSpan.FromSeconds(70));
        refused.ShouldBeLessThan(15);
    }

    [Fact]
    public void A_receiver_of_thirty_messages_a_minute_gets_thirty_a_minute()
    {
        var (window, taken) = (DateTimeOffset.MinValue, 0);

        var (took, refused) = Deliver(300, now =>
        {
            if (now - window >= TimeSpan.FromMinutes(1))
                (window, taken) = (now, 0);
            if (++taken > 30)
                return Throttled(window.AddMinutes(1) - now);
            return DeliveryOutcome.Sent;
        });

        // Ten windows at best, and in each at most what was on its way is refused.
        took.ShouldBeLessThan(TimeSpan.FromMinutes(13));
        refused.ShouldBeLessThan(80);
    }

    [Fact]
    public void A_receiver_that_does_not_say_how_long_to_wait_is_found_out()
    {
        var last = DateTimeOffset.MinValue;

        var (took, refused) = Deliver(200, now =>
        {
            if (now - last < TimeSpan.FromMilliseconds(500))
                return Throttled(null);
            last = now;
            return DeliveryOutcome.Sent;
        });

        // 100 s at best; each refusal costs the pause of 5 s.
        took.ShouldBeLessThan(TimeSpan.FromSeconds(250));
        refused.ShouldBeLessThan(20);
    }

    [Fact]
    public void Where_the_limit_is_lifted_the_pace_rises()
    {
        var last = DateTimeOffset.MinValue;
        var (took, _) = Deliver(500, now =>
        {
            if (now < s_start.AddSeconds(20) && now - last < TimeSpan.FromSeconds(1))
                return Throttled(TimeSpan.FromSeconds(1));
            last = now;
            return DeliveryOutcome.Sent;
        });

        took.ShouldBeLessThan(TimeSpan.FromSeconds(100));
    }

    [Fact]
    public void A_year_in_the_header_is_an_hour()
    {
        var pace = new ChannelPace(_options, () => 8);
        pace.Start(s_start);

        pace.End(Throttled(TimeSpan.FromDays(365)), s_start, s_start).ShouldBe(PaceChange.Limited);

        pace.NextStart.ShouldBe(s_start.AddHours(1));
    }

    [Fact]
    public void Failures_of_one_burst_are_one_hold_and_what_follows_is_one_message_at_a_time()
    {
        var pace = new ChannelPace(_options, () => 8);
        for (var i = 0; i < 8; i++)
            pace.Start(s_start);
        var changes = Enumerable.Range(1, 8).Select(i => pace.End(new DeliveryOutcome("down"), s_start, s_start.AddSeconds(i))).ToArray();
        changes.ShouldBe([PaceChange.None, PaceChange.None, PaceChange.Held, .. Enumerable.Repeat(PaceChange.None, 5)]);
        pace.NextStart.ShouldBe(s_start.AddSeconds(3 + 5));

        // 10 s, 20 s ... and never more than 15 minutes.
        var now = s_start.AddSeconds(8);
        foreach (var pause in new[] { 10, 20, 40, 80, 160, 320, 640, 900, 900 })
        {
            pace.Start(now);
            pace.NextStart.ShouldBeNull();
            pace.End(new DeliveryOutcome("down"), now, now).ShouldBe(PaceChange.Held);
            (pace.NextStart - now).ShouldBe(TimeSpan.FromSeconds(pause));
            now = pace.NextStart!.Value;
        }

        pace.Start(now);
        pace.End(DeliveryOutcome.Sent, now, now).ShouldBe(PaceChange.Recovered);
        pace.Start(now);
        pace.NextStart.ShouldBe(now);
    }

    [Fact]
    public void Now_and_then_a_failure_slows_nothing_down()
    {
        var chance = new Random(7);

        var (took, _) = Deliver(1000, _ => chance.Next(7) == 0 ? new DeliveryOutcome("500") : DeliveryOutcome.Sent);

        took.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }

    private static DeliveryOutcome Throttled(TimeSpan? retryAfter) => new("slow down") { IsThrottled = true, RetryAfter = retryAfter };

    // As the queue does it: starts what may start, and tells how each ended; what was refused is tried again.
    private (TimeSpan Took, int Refused) Deliver(int messages, Func<DateTimeOffset, DeliveryOutcome> receiver)
    {
        var pace = new ChannelPace(_options, () => 8);
        var onTheirWay = new PriorityQueue<(DateTimeOffset Started, DeliveryOutcome Outcome), DateTimeOffset>();
        var (now, waiting, sent, refused) = (s_start, messages, 0, 0);
        while (sent < messages)
        {
            if (waiting > 0 && pace.NextStart is { } start && (start <= now || !onTheirWay.TryPeek(out _, out var end) || start < end))
            {
                now = start > now ? start : now;
                pace.Start(now);
                waiting--;
                onTheirWay.Enqueue((now, receiver(now)), now + s_answer);
                continue;
            }

            onTheirWay.TryDequeue(out var ended, out now).ShouldBeTrue("nothing is on its way and nothing may start");
            pace.End(ended.Outcome, ended.Started, now);
            (sent, waiting, refused) = ended.Outcome.IsSent ? (sent + 1, waiting, refused) : (sent, waiting + 1, refused + (ended.Outcome.IsThrottled ? 1 : 0));
        }

        return (now - s_start, refused);
    }
}
