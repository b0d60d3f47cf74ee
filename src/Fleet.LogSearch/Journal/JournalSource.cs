using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Journal;

/// <summary>The systemd journal: one file, or all files of a directory and its directories, of all boots; patterns are tried on MESSAGE.</summary>
public sealed class JournalSource : LogSource
{
    private const long TicksPerMicrosecond = TimeSpan.TicksPerMicrosecond;

    private readonly string[] _paths;

    /// <summary>Names a journal.</summary>
    /// <param name="paths">Journal files, or directories that hold them.</param>
    public JournalSource(params string[] paths) : base(paths.Length == 0 ? "journal" : string.Join(' ', paths)) =>
        _paths = paths.Length == 0 ? [.. JournalPaths.OfHost] : paths;

    internal override SourceOutcome Search(PreparedQuery prepared, SearchBudget budget, IMatchSink sink)
    {
        Refuse(prepared.Query);
        var notes = new List<string>();
        List<JournalFile> files = Open(prepared.Query, notes);
        try
        {
            var scan = new JournalScan(prepared, budget, files);
            SearchEnd end = scan.Run(notes);
            var byPattern = new long[prepared.Patterns.Patterns.Count];
            long matches = 0;
            if (end != SearchEnd.Cancelled)
            {
                end = Report(scan, files, prepared, budget, sink, notes, byPattern, ref matches) ?? end;
            }

            if (scan.Payload.Unread > 0)
            {
                notes.Add($"{scan.Payload.Unread} compressed fields were not read: {scan.Payload.Reason}");
            }

            string reason = end switch
            {
                SearchEnd.MatchLimit => $"stopped at the limit of {matches} matches; there may be more",
                SearchEnd.ByteBudget or SearchEnd.CpuBudget => $"stopped after {scan.BytesRead} bytes, the budget of the search",
                SearchEnd.Cancelled => "cancelled",
                _ => "",
            };
            return new SourceOutcome(Name, end, string.Join("; ", notes.Prepend(reason).Where(note => note.Length > 0)), matches, byPattern, scan.BytesRead);
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    private static void Refuse(LogQuery query)
    {
        if (query.RecordStart is not null || query.JsonFields.Count > 0)
        {
            throw new LogQueryException("a journal has entries, not lines: record starts and JSON fields do not apply; use journal fields");
        }
    }

    private List<JournalFile> Open(LogQuery query, List<string> notes)
    {
        List<string> names = _paths.SelectMany(JournalPaths.FilesOf).ToList();
        if (names.Count == 0)
        {
            throw new IOException("no journal on this host: there is not a journal file in " + string.Join(" or ", _paths));
        }

        var files = new List<JournalFile>();
        foreach (string name in names)
        {
            try
            {
                var file = new JournalFile(name);
                if (file.EntryCount == 0 || Ticks(file.Times.Last) < query.Window.Since?.UtcTicks || Ticks(file.Times.First) > query.Window.Until?.UtcTicks)
                {
                    file.Dispose();
                    continue;
                }

                files.Add(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                notes.Add(fault is UnauthorizedAccessException ? $"no permission to read {name}" : fault.Message);
            }
        }

        return files.Count > 0 || notes.Count == 0 ? files : throw new IOException(string.Join("; ", notes));
    }

    private SearchEnd? Report(JournalScan scan, List<JournalFile> files, PreparedQuery prepared, SearchBudget budget, IMatchSink sink, List<string> notes, long[] byPattern, ref long matches)
    {
        var report = sink is NoSink ? null : new EntryReport(Name, scan, files, prepared, sink);
        bool hasContext = report is not null && prepared.Query.Before + prepared.Query.After > 0;
        JournalContext? context = hasContext ? new JournalContext(prepared, budget, files, scan.Hits, scan.Payload, notes) : null;
        foreach (JournalHit hit in scan.Hits)
        {
            if (budget.Cancel.IsCancellationRequested)
            {
                return SearchEnd.Cancelled;
            }

            if (matches >= budget.MatchesLeft)
            {
                return SearchEnd.MatchLimit;
            }

            matches++;
            for (int i = 0; i < byPattern.Length; i++)
            {
                byPattern[i] += (long)((hit.Patterns >> i) & 1);
            }

            if (context is null)
            {
                report?.Send(hit, LineRole.Match, startsGroup: false);
                continue;
            }

            (List<JournalHit> before, bool isGap) = context.Before(hit);
            foreach (JournalHit near in before)
            {
                report!.Send(near, LineRole.Context, isGap);
                isGap = false;
            }

            report!.Send(hit, LineRole.Match, isGap);
            foreach (JournalHit near in context.After(hit))
            {
                report.Send(near, LineRole.Context, startsGroup: false);
            }
        }

        return context?.Stopped;
    }

    /// <summary>Hands entries to the sink.</summary>
    private sealed class EntryReport(string source, JournalScan scan, List<JournalFile> files, PreparedQuery prepared, IMatchSink sink)
    {
        public void Send(JournalHit hit, LineRole role, bool startsGroup)
        {
            JournalFile file = files[hit.File];
            string cursor = JournalCursor.Of(file, hit.Entry);
            sink.Take(new FoundLine
            {
                Source = source,
                Role = role,
                Bytes = scan.MessageOf(file, hit),
                Offset = 0,
                LineNumber = 0,
                Time = new DateTimeOffset(Ticks(hit.Microseconds), TimeSpan.Zero),
                Patterns = hit.Patterns,
                StartsGroup = startsGroup,
                Cursor = cursor,
                PatternSet = prepared.Patterns,
            });
        }
    }

    private static long Ticks(long microseconds) => DateTime.UnixEpoch.Ticks + (microseconds * TicksPerMicrosecond);
}
