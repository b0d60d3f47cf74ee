using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Hits;

/// <summary>Hits, summaries and gaps for tests. Times are seconds behind 2026-11-20 08:00:00 UTC.</summary>
internal static class SomeHits
{
    private static readonly long s_start = new DateTimeOffset(2026, 11, 20, 8, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;

    public static ScanDefinition Scan(string name = "oom", string pattern = "killed", string regex = @"Killed process \d+") => new()
    {
        Name = name, Target = "*",
        Order = new ScanOrder { Patterns = { new ScanPattern { Pattern = new LogPattern { Name = pattern, Text = regex }, Severity = Severity.Critical } } },
    };

    public static long At(int seconds) => s_start + (seconds * 1_000_000L);

    public static StoredHit Hit(string host, string text, int seconds, string source = "kernel", bool cut = false) => new()
    {
        AgentName = host,
        Hit = new Hit
        {
            Id = ByteString.CopyFrom(new byte[16]), Scan = "oom", ScanRevision = 3, Pattern = "killed", Severity = Severity.Critical, Source = source,
            TimeUs = At(seconds), SeenUs = At(seconds + 1), Text = ByteString.CopyFromUtf8(text), Template = "Killed process <*>", Truncated = cut, Offset = 7, Unit = "u.service",
        },
    };

    public static StoredSummary Summary(string host, ulong count, int first, int last) => new()
    {
        AgentName = host,
        Summary = new HitSummary
        {
            Id = ByteString.CopyFrom(new byte[16]), Scan = "oom", ScanRevision = 3, Pattern = "killed", Severity = Severity.Critical, Source = "kernel",
            Template = "Killed process <*>", Count = count, FirstUs = At(first), LastUs = At(last), Examples = { ByteString.CopyFromUtf8("Killed process 9") },
        },
    };

    public static StoredGap Gap(string host, int since, int until, string cause = "rotated away", ulong lostBytes = 2048, ulong lostLines = 0) => new()
    {
        AgentName = host,
        Gap = new ScanGap
        {
            Id = ByteString.CopyFrom(new byte[16]), Scan = "oom", Source = "/var/log/app.log", Cause = cause, FromOffset = 99, SinceUs = At(since), UntilUs = At(until),
            LostBytes = lostBytes, LostLines = lostLines,
        },
    };
}
