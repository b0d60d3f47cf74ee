using System.Text;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Scans;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Tests.Scans;

/// <summary>Rotations go on between any two looks at the file system, and the scan is killed at any of them: each line is found once, or lies in a gap.</summary>
public sealed class RotationInterleavingTests
{
    private static readonly LogQuery s_hits = new() { Patterns = [new LogPattern("p", "hit")] };

    [Theory]
    [InlineData("copy"), InlineData("copy pack"), InlineData("create"), InlineData("create pack"), InlineData("copy pack?"), InlineData("create pack?")]
    public void However_rotation_and_reading_interleave_each_line_is_found_once_or_lies_in_a_gap(string mode)
    {
        int runs = int.TryParse(Environment.GetEnvironmentVariable("FLEET_INTERLEAVINGS"), out int wanted) ? wanted : 60;
        var failed = new List<string>();
        for (int seed = 0; seed < runs; seed++)
        {
            using var run = new Interleaving(mode, seed);
            if (run.Fault() is { } fault)
            {
                failed.Add($"seed {seed}: {fault}");
            }
        }

        failed.Count.ShouldBe(0, $"{failed.Count} of {runs}:\n{string.Join('\n', failed.Take(3))}");
    }

    private sealed class KilledException : Exception;

    /// <summary>One course of events.</summary>
    private sealed class Interleaving : IScanSink, IDisposable
    {
        private readonly ScratchDirectory _scratch = new();
        private readonly ManualTime _time = new();
        private readonly Random _random;
        private readonly string _mode;
        private readonly string _path;
        private readonly RotatedLog _log;
        private readonly IEnumerator<string> _rotation;
        private readonly List<(HitId Id, string Text)> _stepHits = [];
        private readonly List<ScanGap> _stepGaps = [];
        private readonly Dictionary<HitId, string> _stored = [];
        private readonly Dictionary<HitId, ScanGap> _gaps = [];
        private readonly int _oneIn;
        private FileFollower? _follower;
        private LogMark? _mark;
        private readonly int _before;
        private string _saved = "";
        private bool _isOver;
        private bool _isQuiet;

        public Interleaving(string mode, int seed)
        {
            (_mode, _random, _path) = (mode, new Random(seed), Path.Join(_scratch.Path, "app.log"));
            _oneIn = 1 + _random.Next(30);
            _log = new RotatedLog(_path, _time, _random);
            _rotation = Rotations().GetEnumerator();
            _log.Write(_random.Next(2) * 10);
            _follower = Start();
            _saved = _follower.Begin(0).Write();
            _before = _log.WrittenAt.Count;
        }

        /// <summary>What was wrong; null: nothing.</summary>
        public string? Fault()
        {
            while (!_isOver)
            {
                Scan();
                Moment();
            }

            _isQuiet = true;
            foreach (int seconds in new[] { 0, 1, 7, 20, 90 })
            {
                _time.Advance(TimeSpan.FromSeconds(seconds));
                Scan();
            }

            int[] numbers = [.. _stored.Values.Select(RotatedLog.NumberOf)];
            int[] twice = [.. numbers.GroupBy(number => number).Where(group => group.Count() > 1).Select(group => group.Key)];
            int[] missing = [.. Enumerable.Range(_before, _log.WrittenAt.Count - _before).Except(numbers).Where(number =>
                !_gaps.Values.Any(gap => gap.Since <= _log.WrittenAt[number] && _log.WrittenAt[number] <= gap.Until))];
            int falseGaps = _mode.StartsWith("create", StringComparison.Ordinal) ? _gaps.Count : 0;
            return twice.Length + missing.Length + falseGaps == 0 ? null
                : $"{falseGaps} gaps without cause; twice {string.Join(' ', twice)}; missing {string.Join(' ', missing)} of {_log.WrittenAt.Count}\n  " + string.Join("\n  ", _log.Steps.TakeLast(120));
        }

        public void Hit(HitId id, in FoundLine line, string unit)
        {
            _stepHits.Add((id, Encoding.UTF8.GetString(line.Bytes)));
            Moment();
        }

        public void Gap(ScanGap gap) => _stepGaps.Add(gap);

        public void Dispose()
        {
            _follower?.Dispose();
            _rotation.Dispose();
            _log.Dispose();
            _scratch.Dispose();
        }

        private IEnumerable<string> Rotations()
        {
            for (int rotation = 0; rotation < 4; rotation++)
            {
                // Of a log that was empty when it was seen last, copied as such and filled before it was cut, nobody can know.
                _log.Write(1 + (_random.Next(4) * 10));
                yield return "written";
                // One log is rotated in one way, if with compression only at times.
                string mode = _mode.EndsWith('?') && _random.Next(2) == 0 ? _mode[..^6] : _mode.TrimEnd('?');
                IEnumerable<string> steps = mode.StartsWith("copy", StringComparison.Ordinal) ? _log.CopyAndTruncate(mode.EndsWith("pack", StringComparison.Ordinal))
                    : _log.Create(mode.EndsWith("pack", StringComparison.Ordinal));
                foreach (string step in steps)
                {
                    yield return step;
                    if (_random.Next(2) == 0)
                    {
                        _log.Write(1 + _random.Next(3));
                        yield return "written";
                    }
                }
            }
        }

        /// <summary>Between two looks: nothing happens, or the rotation goes on, or all is over for this process.</summary>
        private void Moment()
        {
            if (_isQuiet)
            {
                return;
            }

            while (!_isOver && _random.Next(_oneIn) == 0)
            {
                _time.Advance(TimeSpan.FromMilliseconds(30 * _random.Next(1, 4)));
                _isOver = !_rotation.MoveNext();
                if (!_isOver && _rotation.Current != "written")
                {
                    _log.Steps.Add(_rotation.Current);
                }
            }
        }

        private void Scan()
        {
            FollowStep step = default;
            do
            {
                try
                {
                    _follower ??= Start();
                    _mark ??= _follower.ParseMark(_saved);
                    _stepHits.Clear();
                    _stepGaps.Clear();
                    step = _follower.Read(_mark, this, default);
                    Keep(step.Next);
                }
                catch (LogMovedException)
                {
                    _log.Steps.Add("  (moved)");
                    step = new FollowStep(_mark!, FollowState.More, 0, 0);
                }
                catch (KilledException)
                {
                    Kill();
                }
            }
            while (step.State == FollowState.More);
            if (!_isQuiet && _random.Next(12) == 0)
            {
                Kill();
            }
        }

        // As the agent does: what a step found counts with its mark or not at all.
        private void Keep(LogMark next)
        {
            if (ReferenceEquals(next, _mark))
            {
                return;
            }

            _mark = next;
            foreach ((HitId id, string text) in _stepHits)
            {
                _stored[id] = text;
            }

            _stepGaps.ForEach(gap => _gaps.TryAdd(gap.Id, gap));
            // A mark without findings is kept later: a crash may lose it.
            if (_stepHits.Count + _stepGaps.Count > 0 || _random.Next(2) == 0)
            {
                _saved = next.Write();
            }

            _log.Steps.Add($"  read {(_stepHits.Count == 0 ? "nothing" : _stepHits[0].Text[4..9] + " to " + _stepHits[^1].Text[4..9])}, {_stepGaps.Count} gaps: {next.Write().Replace("\n", "\n      ")}");
        }

        private void Kill()
        {
            _log.Steps.Add("  (killed)");
            _follower?.Dispose();
            (_follower, _mark) = (null, null);
        }

        private FileFollower Start()
        {
            var buffers = new FollowBuffers { Dating = _log.Dated };
            buffers.Moment = () =>
            {
                if (_saved.Length == 0)
                {
                    return;
                }

                Moment();
                if (!_isQuiet && _random.Next(400) == 0)
                {
                    throw new KilledException();
                }
            };
            return new FileFollower(_path, s_hits, buffers, _time) { StepBytes = _random.Next(3) == 0 ? 100 : 64 * 1024 };
        }
    }
}
