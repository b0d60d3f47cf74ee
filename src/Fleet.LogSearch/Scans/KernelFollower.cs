using Fleet.LogSearch.Kernel;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Scans;

/// <summary>Follows the kernel's ring buffer by the numbers of its records; each is a line as a search shows it.</summary>
public sealed class KernelFollower : LogFollower
{
    private const int StepRecords = 1000;

    private readonly PreparedQuery _prepared;
    private readonly Func<IKernelRing> _open;
    private readonly string _boot;
    private readonly TimeProvider _time;
    private readonly MemoryStream _line = new();
    private DateTimeOffset _bootTime;
    private IKernelRing? _ring;
    private long _place = -1;

    /// <summary>Follows the host's own ring buffer.</summary>
    /// <param name="query">What is a hit; without window, context, record start and limits.</param>
    /// <param name="bootId">This boot of the host.</param>
    /// <param name="time">Dates marks and gaps.</param>
    /// <param name="device">The device it is read from. The default is <c>/dev/kmsg</c>.</param>
    public KernelFollower(LogQuery query, string bootId, TimeProvider time, string device = "/dev/kmsg")
        : this(query, bootId, time, () => new KernelDevice(device))
    {
    }

    internal KernelFollower(LogQuery query, string bootId, TimeProvider time, Func<IKernelRing> open)
        : base("kernel") => (_prepared, _boot, _time, _open) = (new PreparedQuery(query with { RecordStart = null }), bootId, time, open);

    /// <inheritdoc/>
    public override LogMark Begin(int lastLines)
    {
        using IKernelRing ring = _open();
        var last = new Queue<long>();
        long sequence = -1;
        while (ring.Read(out KernelRecord record) is var read and not KernelRead.Empty)
        {
            if (read == KernelRead.Record)
            {
                sequence = (long)record.Sequence;
                last.Enqueue(sequence);
                if (last.Count > lastLines)
                {
                    last.Dequeue();
                }
            }
        }

        return new KernelMark(_boot, last.TryPeek(out long first) ? first - 1 : sequence, _time.GetUtcNow());
    }

    /// <inheritdoc/>
    public override LogMark ParseMark(string text) => KernelMark.Parse(text);

    /// <inheritdoc/>
    public override FollowStep Read(LogMark from, IScanSink sink, CancellationToken cancel)
    {
        var mark = (KernelMark)from;
        DateTimeOffset now = _time.GetUtcNow();
        // Of another boot nothing is left, and of this one all is new.
        long last = mark.BootId == _boot ? mark.Sequence : -1;
        bool sameBoot = mark.BootId == _boot && last >= 0;
        long before = last, bytes = 0;
        var state = FollowState.More;
        try
        {
            if (_place != last)
            {
                // The device has been read beyond the mark, which went on without that.
                Dispose();
            }

            _ring ??= Open();
            for (int taken = 0; taken < StepRecords; taken++)
            {
                cancel.ThrowIfCancellationRequested();
                KernelRead read = _ring.Read(out KernelRecord record);
                if (read == KernelRead.Empty)
                {
                    state = FollowState.CaughtUp;
                    break;
                }

                long sequence = (long)record.Sequence;
                if (read == KernelRead.Overrun || sequence <= last)
                {
                    continue;
                }

                if (sameBoot && sequence > last + 1)
                {
                    sink.Gap(Gap(last, sequence, mark.TakenAt, now));
                }

                (last, sameBoot) = (sequence, true);
                bytes += record.Text.Length;
                Offer(record, sink);
            }

            _place = last;
        }
        catch
        {
            // The device's own place is no longer that of the mark.
            Dispose();
            throw;
        }

        return new FollowStep(last == before && mark.BootId == _boot ? mark : new KernelMark(_boot, last, now), state, bytes, 0);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _ring?.Dispose();
        _ring = null;
    }

    private IKernelRing Open()
    {
        _bootTime = KernelClock.BootTime();
        return _open();
    }

    private void Offer(in KernelRecord record, IScanSink sink)
    {
        _line.SetLength(0);
        record.WriteLine(_line, _bootTime);
        ReadOnlySpan<byte> line = LineSpan.Trim(_line.GetBuffer().AsSpan(0, (int)_line.Length));
        if (!_prepared.Accepts(line, out ulong patterns))
        {
            return;
        }

        sink.Hit(HitId.Of('k', _boot, record.Sequence, 0, []), new FoundLine
        {
            Source = Name,
            Role = LineRole.Match,
            Bytes = line,
            Offset = (long)record.Sequence,
            LineNumber = 0,
            Time = _bootTime + record.SinceBoot,
            Patterns = patterns,
            PatternSet = _prepared.Patterns,
        }, "kernel");
    }

    private ScanGap Gap(long last, long next, DateTimeOffset since, DateTimeOffset until) =>
        new(HitId.Of('g', Name + _boot, (ulong)last, 0, []), Name, GapCause.Overwritten, since, until) { FromOffset = last, LostLines = next - last - 1 };
}
