using Fleet.Agent.Scanning;
using Fleet.Agent.Searching;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Scans;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Tailing;

/// <summary>The logs that a tail's sources stand for, as files come and go.</summary>
internal sealed class TailSources : IDisposable
{
    // Small steps, so that what one of them finds fits what may wait to be sent.
    private const int StepBytes = 64 * 1024;
    private const int StepEntries = 500;

    /// <summary>A file that is gone for so long is followed no more where a glob named it.</summary>
    private static readonly TimeSpan s_gone = TimeSpan.FromSeconds(10);

    private readonly CheckedTail _order;
    private readonly string _bootId;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private readonly FollowBuffers _buffers = new();
    private readonly List<TailSource> _sources = [];
    private readonly List<TailLog> _logs = [];
    private bool _hasBegun;

    /// <param name="order">What is followed.</param>
    /// <param name="bootId">This boot of the host.</param>
    /// <param name="time">The clock.</param>
    public TailSources(CheckedTail order, string bootId, TimeProvider time)
    {
        (_order, _bootId, _time, _since) = (order, bootId, time, time.GetUtcNow());
        foreach (var source in order.Sources)
            _sources.Add(new TailSource(source));
    }

    /// <summary>The sources.</summary>
    public IReadOnlyList<TailSource> All => _sources;

    /// <summary>All their logs.</summary>
    public IReadOnlyList<TailLog> Logs => _logs;

    /// <summary>Whether files may come to be that are not known yet.</summary>
    public bool HasGlobs => _sources.Exists(source => source.IsGlob);

    /// <summary>Whether something has to be asked again and again whether there is more.</summary>
    public bool HasKernel => _sources.Exists(source => source.Asked.Kernel is not null);

    /// <summary>Looks what the sources stand for now.</summary>
    /// <param name="gone">Told the name of a file that is followed no more.</param>
    public void Expand(Action<string> gone)
    {
        foreach (var source in _sources)
        {
            if (_hasBegun && !source.IsGlob)
                continue;
            var known = source.Logs.ConvertAll(log => log.Source);
            var names = LogOpener.Names(source.Asked, known, out var fault);
            source.Fault = fault;
            source.Logs.RemoveAll(log => Leaves(log, names, gone));
            foreach (var name in names)
            {
                if (!known.Contains(name))
                    source.Logs.Add(Open(source, name));
            }
        }

        _hasBegun = true;
        _logs.Clear();
        foreach (var source in _sources)
            _logs.AddRange(source.Logs);
    }

    public void Dispose()
    {
        foreach (var log in _logs)
            log.Dispose();
    }

    private bool Leaves(TailLog log, IReadOnlyList<string> names, Action<string> gone)
    {
        if (log.Fault.Length == 0 || _time.GetElapsedTime(log.FaultSince) < s_gone)
            return false;
        foreach (var name in names)
        {
            if (name == log.Source)
                return false;
        }

        log.Dispose();
        gone(log.Source);
        return true;
    }

    private TailLog Open(TailSource source, string name) => source.Asked.SourceCase switch
    {
        V1.LogSource.SourceOneofCase.Files => new TailLog(name, new FileFollower(name, _order.Query, _buffers, _time) { StepBytes = StepBytes })
        {
            Watched = [name, Path.GetDirectoryName(name) ?? "/"],
            // Of a file that has come since, all is new.
            Mark = _hasBegun ? new FileMark([], 0, _since) : null,
        },
        V1.LogSource.SourceOneofCase.Journal => OpenJournal(source, name),
        _ => new TailLog(name, new KernelFollower(_order.Query, _bootId, _time)),
    };

    private TailLog OpenJournal(TailSource source, string name)
    {
        var journal = source.Asked.Journal;
        IReadOnlyList<string> paths = journal.Path.Length == 0 ? JournalPaths.OfHost : [journal.Path];
        var query = _order.Query with { JournalFields = LogMessages.Fields(journal.Fields) };
        return new TailLog(name, new JournalFollower(paths, query, _time, name) { StepEntries = StepEntries })
        {
            Watched = LogOpener.JournalDirectories(paths),
        };
    }
}
