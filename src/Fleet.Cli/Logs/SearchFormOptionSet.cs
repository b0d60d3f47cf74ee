using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Spec;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Logs;

/// <summary>What is wanted of a search: lines, counts, a histogram or clusters; and how much of it.</summary>
internal sealed class SearchFormOptionSet
{
    // Ends of sources and of the search stand behind the lines.
    private const long Reserve = 64 * 1024;
    private const long DefaultResultBytes = 1024 * 1024;

    private readonly Option<bool> _count = new("--count", "-c") { Description = "Print the number of matching lines of each host instead of the lines." };
    private readonly Option<bool> _histogram = new("--histogram") { Description = "Print the number of matching lines over time as bars." };
    private readonly Option<bool> _cluster = new("--cluster") { Description = "Group similar lines of all hosts into templates." };
    private readonly Option<int?> _top = new("--top") { Description = "Only the N largest clusters, or hosts with --count.", HelpName = "N", CustomParser = OptionValues.Whole<int>() };
    private readonly Option<uint?> _context = Lines("--context-lines", "-C", "Lines of context around each match.");
    private readonly Option<uint?> _after = Lines("--after-context", "-A", "Lines of context after each match.");
    private readonly Option<uint?> _before = Lines("--before-context", "-B", "Lines of context before each match.");
    private readonly Option<string?> _recordStart = new("--record-start") { Description = "Pattern of the first line of multi-line records, so that a stack trace is one hit.", HelpName = "PATTERN" };
    private readonly Option<ulong?> _most = new("--max-count", "-m")
    {
        Description = "At most N matches from each host. Default 10000.", HelpName = "N", CustomParser = OptionValues.Whole<ulong>(),
    };

    private readonly Option<long?> _mostBytes = new("--max-bytes")
    {
        Description = "At most this many bytes of lines from each host. Default 1MiB, maximum 15MiB.", HelpName = "SIZE", CustomParser = result => OptionValues.Size(result),
    };

    private readonly Option<long?> _readBytes = new("--read-limit")
    {
        Description = "Stop on each host after reading this much.", HelpName = "SIZE", CustomParser = result => OptionValues.Size(result),
    };

    private readonly Option<TimeSpan?> _cpu = new("--cpu-limit")
    {
        Description = "Stop on each host after this much CPU time.", HelpName = "DURATION", CustomParser = result => OptionValues.Duration(result),
    };

    private readonly Option<TimeSpan?> _timeout = new("--timeout")
    {
        Description = "Search timeout on each host. Default 5m.", HelpName = "DURATION", CustomParser = result => OptionValues.Duration(result),
    };

    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line (docs/json.md)." };

    public SearchFormOptionSet(Command command)
    {
        foreach (var option in (Option[])[_count, _histogram, _cluster, _top, _context, _after, _before, _recordStart, _most, _mostBytes, _readBytes, _cpu, _timeout, _json])
            command.Options.Add(option);
    }

    /// <summary>Whether programs read the result: then nothing else is printed beside it.</summary>
    public bool IsForPrograms(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Writes what is wanted into a search; how the task is to be run.</summary>
    public RunOptions Read(ParseResult parsed, SearchLogs search)
    {
        var forms = new[] { (_count, LogOutput.Count), (_histogram, LogOutput.Histogram), (_cluster, LogOutput.Clusters) }.Where(form => parsed.GetValue(form.Item1)).ToList();
        if (forms.Count > 1)
            throw CommandFailure.Usage($"{string.Join(" and ", forms.Select(form => form.Item1.Name))} cannot be combined", "choose one");
        search.Output = forms.Count == 0 ? LogOutput.Lines : forms[0].Item2;
        var around = parsed.GetValue(_context) ?? 0;
        search.Before = Math.Max(parsed.GetValue(_before) ?? 0, around);
        search.After = Math.Max(parsed.GetValue(_after) ?? 0, around);
        if (search.Before + search.After > 0 && search.Output != LogOutput.Lines)
            throw CommandFailure.Usage("context lines cannot be combined with this output", "omit -A, -B and -C");
        if (parsed.GetValue(_recordStart) is { } start)
            search.RecordStart = new LogPattern { Text = start };
        var bytes = parsed.GetValue(_mostBytes) ?? DefaultResultBytes;
        if (bytes < 1 || bytes > Limits.KeptOutputBytes - (2 * Reserve))
            throw CommandFailure.Usage("--max-bytes is out of range", "give 1 byte to 15MiB");
        search.Limits = new LogLimits
        {
            Matches = parsed.GetValue(_most) ?? 0,
            ResultBytes = (ulong)bytes,
            ReadBytes = (ulong)(parsed.GetValue(_readBytes) ?? 0),
            CpuMs = (long)(parsed.GetValue(_cpu) ?? TimeSpan.Zero).TotalMilliseconds,
        };
        var timeout = parsed.GetValue(_timeout) ?? new RunOptions().Timeout;
        if (timeout < TimeSpan.FromMilliseconds(1) || timeout > Limits.RunTimeout)
            throw CommandFailure.Usage("--timeout is out of range", "give 1ms to 7d");
        return new RunOptions { Timeout = timeout, Grace = TimeSpan.Zero, HeadBytes = bytes + (2 * Reserve), TailBytes = 0 };
    }

    /// <summary>How the result is shown.</summary>
    public IResultRenderer Create(ParseResult parsed, Screen screen, SearchLogs search)
    {
        var top = parsed.GetValue(_top) ?? 0;
        if (top > 0 && search.Output is not LogOutput.Clusters and not LogOutput.Count)
            throw CommandFailure.Usage("--top goes with --cluster or --count");
        return SearchRenderer.Create(screen, search, parsed.GetValue(_json), top);
    }

    private static Option<uint?> Lines(string name, string alias, string description) =>
        new(name, alias) { Description = description, HelpName = "N", CustomParser = OptionValues.Whole(0u, uint.MaxValue) };
}
