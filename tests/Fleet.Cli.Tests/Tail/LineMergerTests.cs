using Fleet.Cli.Tail;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Tail;

/// <summary>Lines of many hosts in the order of their times, as far as they come within the window.</summary>
public sealed class LineMergerTests
{
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(300);
    private readonly StoppedTime _time = new();
    private readonly LineMerger _merger;

    public LineMergerTests() => _merger = new LineMerger(s_window, _time);

    [Fact]
    public void An_earlier_line_that_comes_later_within_the_window_is_shown_first()
    {
        Add("web1", 20, "b");
        _time.Now += TimeSpan.FromMilliseconds(200);
        Add("web2", 10, "a");
        Add("web2", 30, "c");
        _merger.TryTake(all: false).ShouldBeNull();
        _merger.NextDue.ShouldBe(TimeSpan.FromMilliseconds(100));
        _time.Now += TimeSpan.FromMilliseconds(100);

        Taken(all: false).ShouldBe(["a", "b"]);
        _merger.NextDue.ShouldBe(TimeSpan.FromMilliseconds(200));
        Taken(all: true).ShouldBe(["c"]);
        _merger.NextDue.ShouldBeNull();
    }

    [Fact]
    public void Lines_of_one_log_never_change_places_whatever_their_times_say()
    {
        Add("web1", 50, "first");
        Add("web1", 10, "second");
        Add("web2", 40, "other");
        Add("web1", 0, "third");
        Add("web1", 60, "fourth");
        Taken(all: true).ShouldBe(["other", "first", "second", "third", "fourth"]);
    }

    [Fact]
    public void A_count_stands_where_it_came()
    {
        Add("web1", 10, "before");
        _merger.Add(new TailItem("web1", "/a", null, 7, ""));
        Add("web1", 20, "after");
        Taken(all: true).ShouldBe(["before", "7 left out", "after"]);
    }

    [Fact]
    public void More_than_a_bound_is_not_held()
    {
        for (var i = 0; i < 3000; i++)
            Add("web1", 100 + i, new string('x', 400));
        _merger.NextDue.ShouldBe(TimeSpan.Zero);
        Taken(all: false).Count.ShouldBeInRange(1000, 2999);
        _merger.NextDue.ShouldBe(s_window);
    }

    private void Add(string host, long timeUs, string text) =>
        _merger.Add(new TailItem(host, "/a", new LogLine { TimeUs = timeUs, Text = ByteString.CopyFromUtf8(text) }, 0, ""));

    private List<string> Taken(bool all)
    {
        var taken = new List<string>();
        while (_merger.TryTake(all) is { } item)
            taken.Add(item.Line?.Text.ToStringUtf8() ?? $"{item.Dropped} left out");
        return taken;
    }
}
