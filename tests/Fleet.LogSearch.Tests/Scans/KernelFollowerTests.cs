using System.Text;
using Fleet.LogSearch.Kernel;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests.Scans;

public sealed class KernelFollowerTests : IDisposable
{
    private readonly RingBuffer _ring = new();
    private readonly FollowBench _bench;

    public KernelFollowerTests() => _bench = new FollowBench(() => Follow("boot-1"));

    [Fact]
    public void Records_are_followed_by_their_numbers_through_restarts()
    {
        _ring.Write(0, "I/O error old");
        _bench.Begin();
        _ring.Write(1, "I/O error new");
        _ring.Write(2, "all is well");
        _bench.Scan().ShouldHaveSingleItem().ShouldEndWith("kernel err: I/O error new");
        _bench.Restart();
        _ring.Write(3, "I/O error again");

        _bench.Scan().ShouldHaveSingleItem().ShouldEndWith("I/O error again");
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_was_overwritten_is_a_gap_with_a_true_count()
    {
        _ring.Write(0, "x");
        _bench.Begin();
        _ring.Write(1, "I/O error 1");
        _bench.Scan().Count.ShouldBe(1);
        _ring.Overwrite(upTo: 40);
        _ring.Write(41, "I/O error 41");

        _bench.Scan().ShouldHaveSingleItem().ShouldEndWith("I/O error 41");
        ScanGap gap = _bench.Gaps.ShouldHaveSingleItem();
        (gap.Cause, gap.FromOffset, gap.LostLines).ShouldBe((GapCause.Overwritten, 1L, 39L));
    }

    [Fact]
    public void Of_another_boot_everything_is_new()
    {
        _ring.Write(0, "x");
        _ring.Write(1, "x");
        _bench.Begin();
        _bench.Scan();
        _bench.Follow(() => Follow("boot-2"));
        _ring.Reset();
        _ring.Write(0, "I/O error first");

        _bench.Scan().ShouldHaveSingleItem().ShouldEndWith("I/O error first");
        _bench.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void The_last_records_before_the_beginning_are_read_where_they_are_asked_for()
    {
        _ring.Write(0, "I/O error 0");
        _ring.Write(1, "I/O error 1");
        _ring.Write(2, "I/O error 2");
        _bench.Begin(lastLines: 2);

        _bench.Scan().Count.ShouldBe(2);
    }

    [Fact]
    public void The_device_of_this_host_can_be_followed()
    {
        var device = new KernelFollower(new LogQuery { Patterns = [new LogPattern("p", ".")] }, "boot", TimeProvider.System);
        try
        {
            _bench.Follow(() => device);
            _bench.Begin(lastLines: 3);
        }
        catch (IOException)
        {
            return; // A container without the device.
        }

        _bench.Scan().Count.ShouldBeLessThanOrEqualTo(3);
    }

    public void Dispose() => _bench.Dispose();

    private KernelFollower Follow(string boot) =>
        new(new LogQuery { Patterns = [new LogPattern("p", "I/O error")] }, boot, TimeProvider.System, () => new Reader(_ring));

    private sealed class RingBuffer
    {
        public SortedDictionary<long, string> Records { get; } = [];

        public void Write(long number, string text) => Records[number] = text;

        public void Overwrite(long upTo)
        {
            foreach (long number in Records.Keys.Where(number => number <= upTo).ToArray())
            {
                Records.Remove(number);
            }
        }

        public void Reset() => Records.Clear();
    }

    private sealed class Reader(RingBuffer ring) : IKernelRing
    {
        private long _last = -1;

        public KernelRead Read(out KernelRecord record)
        {
            record = default;
            foreach ((long number, string text) in ring.Records)
            {
                if (number > _last)
                {
                    _last = number;
                    return KernelRecord.TryParse(Encoding.UTF8.GetBytes($"3,{number},{number * 1000},-;{text}\n"), out record) ? KernelRead.Record : KernelRead.Empty;
                }
            }

            return KernelRead.Empty;
        }

        public void Dispose()
        {
        }
    }
}
