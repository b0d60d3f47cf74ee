using System.Globalization;
using Fleet.Hosts.Cgroups;
using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Pools;

/// <summary>Says what on this machine belongs to a pool, and which process owns it; written before anything else is made.</summary>
/// <param name="Id">The pool's name, which all that it makes carries.</param>
/// <param name="Owner">The process that made it.</param>
/// <param name="Cgroups">Its cgroups.</param>
internal sealed record PoolMark(string Id, ProcessMark Owner, PoolCgroups Cgroups)
{
    private const string Prefix = "fh";
    private const string FileName = "pool";

    /// <summary>Where all pools have their directories.</summary>
    internal static string Home { get; } = Path.Combine(Path.GetTempPath(), "fleet-hosts");

    /// <summary>The pool's directory.</summary>
    internal string Directory => Path.Combine(Home, Id);

    /// <summary>Where its hosts' disks are.</summary>
    internal string Disk => Path.Combine(Directory, "disk");

    /// <summary>Its bridge; names of network interfaces have at most 15 characters.</summary>
    internal string Bridge => $"{Id}-br";

    /// <summary>What systemd-nspawn calls a host.</summary>
    internal string Machine(string host) => $"{Id}-{host}";

    /// <summary>Makes a pool's directory and its mark.</summary>
    internal static PoolMark Create()
    {
        var id = Prefix + Random.Shared.Next(0x1000, 0x10000).ToString("x", CultureInfo.InvariantCulture);
        var mark = new PoolMark(id, ProcessMark.Own, PoolCgroups.Plan(id));
        System.IO.Directory.CreateDirectory(mark.Directory);
        mark.Write();
        return mark;
    }

    /// <summary>Writes the mark.</summary>
    internal void Write() => File.WriteAllLines(
        Path.Combine(Directory, FileName),
        [Owner.Id.ToString(CultureInfo.InvariantCulture), Owner.StartTicks.ToString(CultureInfo.InvariantCulture), .. Cgroups.Directories]);

    /// <summary>Every pool whose mark is on this machine.</summary>
    internal static IEnumerable<PoolMark> All() => System.IO.Directory.Exists(Home)
        ? System.IO.Directory.EnumerateDirectories(Home, Prefix + "*").Select(TryRead).OfType<PoolMark>().ToList()
        : [];

    private static PoolMark? TryRead(string directory)
    {
        var file = Path.Combine(directory, FileName);
        if (!File.Exists(file) || File.ReadAllLines(file) is not [var owner, var ticks, .. var cgroups])
            return null;
        var process = new ProcessMark(int.Parse(owner, CultureInfo.InvariantCulture), long.Parse(ticks, CultureInfo.InvariantCulture));
        return new PoolMark(Path.GetFileName(directory), process, new PoolCgroups(cgroups));
    }
}
