using System.Diagnostics;
using System.Globalization;
using Fleet.Benchmarks.Data;
using Fleet.Benchmarks.Figures;

namespace Fleet.Benchmarks.Journal;

/// <summary>A journal of a gigabyte, written by systemd's own systemd-journal-remote(8); made once and kept, for it takes minutes.</summary>
internal static class GeneratedJournal
{
    /// <summary>Its size at least.</summary>
    public const long LeastBytes = 1L << 30;

    // Between two looks at what there is on disk.
    private const int EntriesAtOnce = 50_000;
    private const string Writer = "/lib/systemd/systemd-journal-remote";

    /// <summary>The time before its first entry.</summary>
    public static DateTimeOffset Begin { get; } = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Its directory; made where it is not there.</summary>
    public static async Task<string> EnsureAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        var kept = Path.Combine(options.DataDirectory, "journal-1");
        if (Directory.Exists(kept))
            return kept;
        if (!File.Exists(Writer))
            throw new InvalidOperationException($"There is no {Writer}: on Debian, apt-get install systemd-journal-remote.");
        using var data = DataDirectory.Create(options, LeastBytes);
        Progress.Say("writing a journal; the next run finds it");
        await WriteAsync(data.Path, cancellationToken);
        data.MoveTo(kept);
        return kept;
    }

    private static async Task WriteAsync(string directory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Writer, ["-o", Path.Combine(directory, "remote.journal"), "-"]) { RedirectStandardInput = true, RedirectStandardError = true };
        using var writer = Process.Start(start) ?? throw new InvalidOperationException($"{Writer} did not start.");
        await using var killed = cancellationToken.Register(writer.Kill);
        var said = writer.StandardError.ReadToEndAsync(cancellationToken);
        var random = new Random(5);
        var time = Begin;
        while (Size(directory) < LeastBytes + (LeastBytes / 32))
        {
            for (var i = 0; i < EntriesAtOnce; i++)
            {
                time += TimeSpan.FromMicroseconds(random.Next(1_000, 400_000));
                await writer.StandardInput.WriteAsync(Entry(time, random));
            }
        }

        writer.StandardInput.Close();
        await writer.WaitForExitAsync(cancellationToken);
        if (writer.ExitCode != 0)
            throw new InvalidOperationException($"{Writer} ended with exit code {writer.ExitCode}: {await said}");
    }

    // The journal's export format, https://systemd.io/JOURNAL_EXPORT_FORMATS.
    private static string Entry(DateTimeOffset time, Random random)
    {
        var message = LogText.Message(random);
        var sign = message.IndexOfAny(['[', ':']);
        var name = sign > 0 ? message[..sign] : "app";
        var microseconds = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return string.Create(CultureInfo.InvariantCulture, $"""
            __REALTIME_TIMESTAMP={microseconds}
            __MONOTONIC_TIMESTAMP={(time - Begin).Ticks / TimeSpan.TicksPerMicrosecond}
            _BOOT_ID=4f1c7d0be7a54d3f8a5c0c6f7e21b9d3
            _MACHINE_ID=9d2d5b3a6f0e4c21a7b8c9d0e1f20314
            _HOSTNAME=web01
            _TRANSPORT=syslog
            _SOURCE_REALTIME_TIMESTAMP={microseconds - random.Next(5, 60)}
            PRIORITY={3 + random.Next(4)}
            SYSLOG_FACILITY=3
            SYSLOG_IDENTIFIER={name}
            SYSLOG_PID={1000 + random.Next(500)}
            _PID={1000 + random.Next(500)}
            _UID=0
            _GID=0
            _COMM={name}
            _EXE=/usr/sbin/{name}
            _SYSTEMD_UNIT={name}.service
            MESSAGE={message}


            """);
    }

    private static long Size(string directory) => new DirectoryInfo(directory).EnumerateFiles().Sum(file => file.Length);
}
