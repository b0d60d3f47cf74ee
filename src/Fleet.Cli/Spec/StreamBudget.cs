using Fleet.Protocol;
using Fleet.Protocol.Units;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Spec;

/// <summary>
/// How much of a followed job's output is wanted: all of it, but what is streamed is stored too, and a thousand hosts that print without end would fill the
/// controller's disk.
/// </summary>
internal static class StreamBudget
{
    /// <summary>All hosts' streams of one job together, about.</summary>
    private const long JobBytes = 1L << 30;

    /// <summary>Of one stream of one host.</summary>
    public const ulong Most = Limits.StreamedOutputBytes;

    /// <summary>First bytes of each stream on each host: 128 MiB with up to 8 hosts, their share of 1 GiB with more, at least what is kept of any job.</summary>
    public static ulong Of(int hosts) => (ulong)Math.Clamp(JobBytes / Math.Max(1, hosts), Limits.DefaultKeptOutputBytes, (long)Most);

    /// <summary>Puts it into an order. Agents and controllers that do not know streams keep as much as they may.</summary>
    public static void Apply(TaskSpec spec, JobOptions options, int hosts)
    {
        options.StreamBytes = Of(hosts);
        spec.Output.HeadBytes = Math.Min(options.StreamBytes, Limits.KeptOutputBytes);
    }

    /// <summary>What stands where bytes of a job are missing.</summary>
    public static string Advice(Job? job) => job?.Options is { StreamBytes: > 0 } options
        ? $"more than {new ByteSize((long)options.StreamBytes)} of one stream, no space on the host, or an older agent"
        : "raise --head-bytes";
}
