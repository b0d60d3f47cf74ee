using Fleet.Agent.Scanning.Orders;
using Fleet.Agent.Searching;
using Fleet.LogSearch.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Agent.Scanning;

/// <summary>A source of a scan, which may stand for several files.</summary>
/// <param name="name">Names it within its scan, also where it stands for nothing.</param>
/// <param name="source">As it was ordered.</param>
internal sealed class SourceRun(string name, LogSource source)
{
    private static readonly TimeSpan s_hold = TimeSpan.FromHours(1);

    private readonly Dictionary<(ulong Device, ulong Inode, long Born), long> _metAt = [];

    public string Name { get; } = name;

    public LogSource Source { get; } = source;

    public List<FollowedLog> Logs { get; } = [];

    /// <summary>Files that logs of it have read, and that have other names of it by now.</summary>
    public IReadOnlyList<FilePosition> Renamed { get; set; } = [];

    /// <summary>Why it stands for nothing; empty when it does.</summary>
    public string Fault { get; set; } = "";

    /// <summary>Takes over which files were met under other names than their logs'; true where there are others than before.</summary>
    public bool Meet(IReadOnlyList<FilePosition> files, TimeProvider time)
    {
        var now = time.GetTimestamp();
        foreach (var file in Renamed)
            _metAt.TryAdd(IdentityOf(file), now);
        foreach (var file in files)
            _metAt[IdentityOf(file)] = now;
        // Names move while they are looked at: a file that was not met is not gone for that.
        var after = files.Concat(Renamed).DistinctBy(IdentityOf).Where(file => time.GetElapsedTime(_metAt[IdentityOf(file)]) < s_hold).ToList();
        foreach (var gone in _metAt.Keys.Except(after.Select(IdentityOf)).ToList())
            _metAt.Remove(gone);
        if (after.Select(IdentityOf).ToHashSet().SetEquals(Renamed.Select(IdentityOf)))
            return false;
        Renamed = after;
        return true;
    }

    /// <summary>The sources of a scan, each once, under names of their own: the journal may be there several times with other conditions.</summary>
    public static IReadOnlyList<SourceRun> Of(CheckedScan scan)
    {
        var sources = new List<SourceRun>();
        foreach (var source in scan.Sources.Distinct())
        {
            var name = SearchSources.NameOf(source);
            var alike = sources.Count(known => SearchSources.NameOf(known.Source) == name);
            sources.Add(new SourceRun(alike == 0 ? name : $"{name} ({alike + 1})", source));
        }

        return sources;
    }

    private static (ulong Device, ulong Inode, long Born) IdentityOf(FilePosition file) => (file.BornStamp == 0 ? file.Device : 0, file.Inode, file.BornStamp);
}
