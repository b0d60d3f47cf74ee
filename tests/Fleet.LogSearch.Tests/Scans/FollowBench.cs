using System.Text;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests.Scans;

/// <summary>Follows a log as the agent does: what a step found counts together with its mark, and what came twice is stored once.</summary>
internal sealed class FollowBench(Func<LogFollower> create) : IScanSink, IDisposable
{
    // Nobody rotates so often while a log is read to its end.
    private const int MostMoved = 100;

    private readonly List<(HitId Id, string Text)> _step = [];
    private Func<LogFollower> _create = create;
    private LogFollower? _follower;
    private LogMark? _mark;
    private string? _saved;

    public SettableTime Time { get; } = new();

    public Dictionary<HitId, string> Stored { get; } = [];

    public List<string> Order { get; } = [];

    public List<ScanGap> Gaps { get; } = [];

    public string Fault { get; private set; } = "";

    /// <summary>Called with each hit before it is stored: something happens while a log is being read.</summary>
    public Action<string>? Meanwhile { get; set; }

    private LogFollower Follower => _follower ??= _create();

    public void Follow(Func<LogFollower> create)
    {
        Restart();
        _create = create;
    }

    public void Begin(int lastLines = 0) => Save(Follower.Begin(lastLines));

    /// <summary>A new process: only what was saved is known.</summary>
    public void Restart()
    {
        _follower?.Dispose();
        _follower = null;
        _mark = null;
    }

    /// <summary>Reads on to the end and gives what was not known before; a crash comes after the hits are stored and before the mark is.</summary>
    public List<string> Scan(bool crash = false)
    {
        int before = Order.Count;
        _mark ??= _saved is null ? FileMark.Start : Follower.ParseMark(_saved);
        FollowStep step;
        int moved = 0;
        do
        {
            try
            {
                _step.Clear();
                step = Follower.Read(_mark, this, default);
                _step.ForEach(Store);
            }
            catch (LogMovedException) when (moved++ < MostMoved)
            {
                step = new FollowStep(_mark, FollowState.More, 0, 0);
            }

            _mark = step.Next;
        }
        while (step.State == FollowState.More);
        Fault = step.Fault;
        if (crash)
        {
            Restart();
        }
        else
        {
            Save(_mark);
        }

        return Order.Skip(before).ToList();
    }

    /// <summary>As <see cref="Scan"/>; a log that cannot be read now is a fault, and its mark stands.</summary>
    public List<string> TryScan()
    {
        try
        {
            return Scan();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Fault = fault.Message;
            return [];
        }
    }

    public void Hit(HitId id, in FoundLine line, string unit)
    {
        string text = Encoding.UTF8.GetString(line.Bytes);
        Meanwhile?.Invoke(text);
        // Void where the step fails.
        _step.Add((id, text));
    }

    private void Store((HitId Id, string Text) hit)
    {
        (HitId id, string text) = hit;
        if (Stored.TryAdd(id, text))
        {
            Order.Add(text);
        }
        else
        {
            Stored[id].ShouldBe(text, "one identity, two lines");
        }
    }

    public void Gap(ScanGap gap)
    {
        if (!Gaps.Exists(known => known.Id == gap.Id))
        {
            Gaps.Add(gap);
        }
    }

    public void Dispose() => _follower?.Dispose();

    private void Save(LogMark mark)
    {
        _mark = mark;
        _saved = mark.Write();
    }
}

/// <summary>The real clock, which can be put forward.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    /// <summary>File systems date births by the kernel's clock tick: waits until what is made from now on is clearly younger.</summary>
    public static void AwaitBirthAfterNow(string directory)
    {
        string probe = Path.Join(directory, ".probe");
        DateTime clear = System.GetUtcNow().UtcDateTime + TimeSpan.FromMilliseconds(60);
        SpinWait.SpinUntil(() =>
        {
            File.Delete(probe);
            File.WriteAllText(probe, "");
            return File.GetCreationTimeUtc(probe) > clear;
        }, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        File.Delete(probe);
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_ahead.TotalSeconds * TimestampFrequency);
}
