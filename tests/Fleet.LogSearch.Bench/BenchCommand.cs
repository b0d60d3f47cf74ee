using Fleet.LogSearch.Files;
using Fleet.LogSearch.Journal;
using Fleet.LogSearch.Matching;
using Fleet.LogSearch.Searching;
using Fleet.LogSearch.Times;

namespace Fleet.LogSearch.Bench;

/// <summary>logsearch-bench [-i] [-F] [-w] [-v] [-c] [-n] [-r] [-C n] [-j journal] [--since t] [--until t] [--memory] pattern file...: prints what it finds, as grep does.</summary>
internal static class BenchCommand
{
    public static int Run(string[] args)
    {
        var options = PatternOptions.None;
        var kind = PatternKind.Regex;
        var query = new LogQuery { LineNumbers = LineNumbering.None };
        bool count = false, memory = false;
        var rotation = Rotation.Ignored;
        var rest = new List<string>();
        var journal = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "-i": options |= PatternOptions.IgnoreCase; break;
                case "-w": options |= PatternOptions.WholeWord; break;
                case "-F": kind = PatternKind.Fixed; break;
                case "-v": query = query with { Sense = MatchSense.NotMatching }; break;
                case "-n": query = query with { LineNumbers = LineNumbering.Counted }; break;
                case "-j": journal.Add(args[++i]); break;
                case "-c": count = true; break;
                case "--memory": memory = true; break;
                case "-r": rotation = Rotation.Followed; break;
                case "-C": int lines = int.Parse(args[++i], System.Globalization.CultureInfo.InvariantCulture); query = query with { Before = lines, After = lines }; break;
                case "--since": query = query with { Window = query.Window with { Since = TimeWindow.ParseBound(args[++i], TimeProvider.System) } }; break;
                case "--until": query = query with { Window = query.Window with { Until = TimeWindow.ParseBound(args[++i], TimeProvider.System) } }; break;
                default: rest.Add(args[i]); break;
            }
        }

        query = query with { Patterns = rest[0].Length == 0 ? [] : [new LogPattern("p", rest[0], kind, options)] };
        IEnumerable<LogSource> sources = journal.Count > 0 ? [new JournalSource([.. journal])] : rest.Skip(1).SelectMany(path => FileSet.Resolve(Path.GetFullPath(path), rotation));
        using var output = new GrepSink(Console.OpenStandardOutput(), query.Before > 0);
        SearchOutcome outcome = LogSearcher.Run(query, sources, count ? NoSink.Instance : output, CancellationToken.None);
        if (count)
        {
            Console.WriteLine(outcome.Matches);
        }

        foreach (SourceOutcome source in outcome.Sources.Where(source => source.Reason.Length > 0))
        {
            Console.Error.WriteLine($"{source.Source}: {source.End}: {source.Reason}");
        }

        if (memory)
        {
            Console.Error.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)));
        }

        return outcome.Matches > 0 ? 0 : 1;
    }
}
