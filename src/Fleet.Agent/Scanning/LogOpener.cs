using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Searching;
using Fleet.LogSearch;
using Fleet.LogSearch.Files;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning;

/// <summary>Turns the sources of scans into logs to follow.</summary>
internal sealed class LogOpener(string bootId, bool hasEvents, ScanOptions settings, TimeProvider time)
{
    /// <summary>Files that one source may stand for.</summary>
    private const int MostFiles = 1000;

    // An agent that is not held up sees what inotify tells within this, whatever else it does.
    private static readonly TimeSpan s_promptness = TimeSpan.FromSeconds(3);

    // Beyond it a removed file would keep its space for long after its removal.
    private static readonly TimeSpan s_longestHold = TimeSpan.FromMinutes(5);

    private readonly FollowBuffers _buffers = new();

    /// <summary>A scan at work.</summary>
    public ScanRun Run(CheckedScan scan) => new(scan, new FileClaims(_buffers), time);

    /// <summary>Whether a source may come to stand for other files than now.</summary>
    public static bool IsOpenEnded(LogSource source) => source.Files is { } files && FileSet.IsGlob(files.Path);

    /// <summary>The live files that a source stands for now; of a journal or the ring buffer its one name.</summary>
    /// <param name="source">The source.</param>
    /// <param name="known">Files that it stood for before.</param>
    /// <param name="fault">Why it stands for none.</param>
    public static IReadOnlyList<string> Names(LogSource source, IReadOnlyCollection<string> known, out string fault)
    {
        fault = "";
        if (source.Files is null)
            return [SearchSources.NameOf(source)];
        try
        {
            var names = FileSet.LiveFiles(source.Files.Path, known);
            if (names.Count > MostFiles)
                fault = $"it stands for {names.Count} files, of which {MostFiles} are followed";
            return names.Count > MostFiles ? [.. names.Take(MostFiles)] : names;
        }
        catch (LogQueryException none)
        {
            fault = none.Message;
            return [];
        }
    }

    /// <summary>A log of a source.</summary>
    /// <param name="run">The scan.</param>
    /// <param name="source">The source.</param>
    /// <param name="name">One of its names.</param>
    /// <param name="firstMark">To begin with where it has none; null: by the scan's first-run policy.</param>
    public FollowedLog Open(ScanRun run, SourceRun source, string name, LogMark? firstMark)
    {
        var scan = run.Scan;
        var key = LogKeys.Of(scan.Name, source.Name, name);
        switch (source.Source.SourceCase)
        {
            case LogSource.SourceOneofCase.Files:
                return new FollowedLog(run, key, new FileFollower(name, scan.Query, _buffers, time) 
                {
                    HoldsLiveFile = scan.IsContinuous || scan.Every <= s_longestHold,
                    Claims = run.Claims,
                    Promptness = s_promptness + (!scan.IsContinuous ? scan.Every : hasEvents ? TimeSpan.Zero : settings.SweepInterval),
                })
                {
                    Files = [name],
                    Directories = [Path.GetDirectoryName(name) ?? "/"],
                    Sweep = settings.SweepInterval,
                    FirstMark = firstMark,
                };
            case LogSource.SourceOneofCase.Journal:
                var journal = source.Source.Journal;
                IReadOnlyList<string> paths = journal.Path.Length == 0 ? JournalPaths.OfHost : [journal.Path];
                return new FollowedLog(run, key, new JournalFollower(paths, scan.Query with { JournalFields = LogMessages.Fields(journal.Fields) }, time, name))
                {
                    Journal = paths,
                    Sweep = settings.SweepInterval,
                };
            default:
                return new FollowedLog(run, key, new KernelFollower(scan.Query, bootId, time)) { Sweep = settings.KernelInterval };
        }
    }

    /// <summary>Where something happens when a journal is written to.</summary>
    public static IReadOnlyList<string> JournalDirectories(IEnumerable<string> paths)
    {
        var found = new List<string>();
        foreach (var path in paths)
        {
            try
            {
                if (Directory.Exists(path))
                    found.AddRange([path, .. Directory.EnumerateDirectories(path)]);
                else if (File.Exists(path))
                    found.Add(Path.GetDirectoryName(path) ?? "/");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Looked at by the clock alone.
            }
        }

        return found;
    }
}
