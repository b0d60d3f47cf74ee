using Fleet.Agent.Searching;
using Fleet.LogSearch;
using Fleet.LogSearch.Searching;
using Fleet.Protocol.Units;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning.Orders;

/// <summary>Checks a set of scans that came over the wire; nothing of it is trusted. One that is bad is refused alone.</summary>
internal sealed class ScanSetReader(long hitsPerMinute)
{
    private const int MostScans = 1000;
    private const int LongestName = 64;
    private const int LongestDigest = 128;
    private const int LongestPath = 4096;
    private const int MostFields = 32;
    private const int LongestField = 4096;
    private const uint MostFirstLines = 1_000_000;

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    /// <summary>Reads a set; null with a sentence where it is none at all.</summary>
    public ScanPlan? Read(V1.ScanSet set, out string fault)
    {
        fault = set.Scans.Count > MostScans ? $"{set.Scans.Count} scans given, at most {MostScans} are taken"
            : set.Digest.Length > LongestDigest ? $"a digest of {set.Digest.Length} characters is none"
            : "";
        if (fault.Length > 0)
            return null;

        var scans = new List<CheckedScan>();
        var refused = new List<RefusedScan>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var order in set.Scans)
        {
            try
            {
                var scan = Check(order);
                if (!names.Add(scan.Name))
                    throw new LogQueryException("another scan has the same name");
                scans.Add(scan);
            }
            catch (LogQueryException wrong)
            {
                refused.Add(new RefusedScan(Shown(order.Name), order.Revision, wrong.Message));
            }
        }

        return new ScanPlan(set.Digest, scans, refused);
    }

    private CheckedScan Check(V1.ScanOrder order)
    {
        Require(IsName(order.Name), $"a scan's name has 1 to {LongestName} letters, digits, '-', '_' or '.', a letter or digit first");
        Require(order.Sources.Count is > 0 and <= Protocol.Limits.LogSources, $"{order.Sources.Count} sources given, 1 to {Protocol.Limits.LogSources} allowed");
        Require(order.Patterns.Count > 0, "there is no pattern to look for");
        Require(order.Patterns.All(pattern => pattern.Pattern is not null), "a pattern is empty");
        Require(order.JsonFields.Count <= MostFields && order.JsonFields.All(field => field.Length <= LongestField),
            $"there are more than {MostFields} JSON fields, or one is longer than {LongestField} characters");
        Require(order.EveryMs == 0 || (order.EveryMs >= s_shortest.TotalMilliseconds && order.EveryMs <= s_longest.TotalMilliseconds),
            $"an interval of {order.EveryMs} ms is out of range");
        Require(order.FirstRunLines <= MostFirstLines, $"first_run_lines is at most {MostFirstLines}");
        foreach (var source in order.Sources)
            Check(source);

        var query = new LogQuery
        {
            Patterns = LogMessages.Patterns([.. order.Patterns.Select(pattern => pattern.Pattern)]),
            Not = LogMessages.Patterns(order.Exclude),
            JsonFields = LogMessages.Fields(order.JsonFields),
            Encoding = LogMessages.Encoding(order.Encoding),
            RecordStart = order.RecordStart is { } start ? LogMessages.Pattern(start) : null,
            LineNumbers = LineNumbering.None,
        };
        LogSearcher.Check(query);
        return new CheckedScan(
            order.Name,
            order.Revision,
            [.. order.Sources],
            query,
            Severities(order),
            TimeSpan.FromMilliseconds(order.EveryMs),
            (int)order.FirstRunLines,
            order.HitsPerMinute == 0 ? hitsPerMinute : order.HitsPerMinute,
            order.Paused);
    }

    private static void Check(V1.LogSource source)
    {
        switch (source.SourceCase)
        {
            case V1.LogSource.SourceOneofCase.Files:
                var path = source.Files.Path;
                Require(path.Length <= LongestPath && Path.IsPathRooted(path) && path.Length > 1 && path[^1] != '/' && Characters.AreAll(path, c => !char.IsControl(c)),
                    $"'{Shown(path)}' is not an absolute path of a file, or a glob of files");
                break;
            case V1.LogSource.SourceOneofCase.Journal:
                var journal = source.Journal;
                Require(journal.Path.Length <= LongestPath && (journal.Path.Length == 0 || Path.IsPathRooted(journal.Path)) && Characters.AreAll(journal.Path, c => !char.IsControl(c)),
                    $"'{Shown(journal.Path)}' is not an absolute path of a journal");
                Require(journal.Fields.Count <= MostFields && journal.Fields.All(field => field.Length <= LongestField), "there are too many journal fields, or one is too long");
                LogMessages.Fields(journal.Fields);
                break;
            case V1.LogSource.SourceOneofCase.None:
                throw new LogQueryException("a source is of a kind that this version of the agent does not know");
        }
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && Characters.AreAll(name, c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static string Shown(string name) =>
        Characters.Map(name.Length > LongestName ? name[..LongestName] : name, c => char.IsControl(c) ? ' ' : c);

    private static void Require(bool holds, string fault)
    {
        if (!holds)
            throw new LogQueryException(fault);
    }

    private static List<V1.Severity> Severities(V1.ScanOrder order)
    {
        var severities = new List<V1.Severity>(order.Patterns.Count);
        foreach (var pattern in order.Patterns)
            severities.Add(Enum.IsDefined(pattern.Severity) ? pattern.Severity : V1.Severity.Unspecified);
        return severities;
    }
}
