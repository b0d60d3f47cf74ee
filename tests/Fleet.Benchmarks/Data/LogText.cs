using System.Globalization;
using System.Text;

namespace Fleet.Benchmarks.Data;

/// <summary>Lines as a host's syslog has them; the same for the same numbers. One in a few thousand is about trouble.</summary>
internal static class LogText
{
    private const int OneInTrouble = 2500;
    private const int DifferentTexts = 50_000;
    private const int LongestLine = 512;

    private static readonly string[] s_calm =
    [
        "systemd[1]: Started Session {0} of User deploy.",
        "CRON[{0}]: (root) CMD (test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily)",
        "sshd[{0}]: Accepted publickey for deploy from 10.0.{1}.{2} port {0} ssh2: ED25519 SHA256:x{0}Qk{1}",
        "nginx: 10.1.{1}.{2} - - \"GET /api/v1/orders/{0}?page={1} HTTP/1.1\" 200 {0} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\" rt=0.0{1}",
        "app[{0}]: level=info msg=\"request done\" method=GET path=/cart/{0} status=200 took={1}ms user=u{0}",
        "kernel: [{0}.{1}] eth0: link becomes ready, {1} packets queued",
        "dockerd[{1}]: time=\"2026-11-21T08:00:00Z\" level=info msg=\"ignoring event\" container=c{0}f{1}a topic=/tasks/delete",
        "postgres[{0}]: LOG:  checkpoint complete: wrote {0} buffers ({1}.{2}%); write={1}.{2} s, sync=0.0{2} s",
    ];

    private static readonly string[] s_trouble =
    [
        "kernel: Out of memory: Killed process {0} (java) total-vm:{0}kB, anon-rss:{1}kB, file-rss:0kB",
        "kubelet[{1}]: Container app-{0} was terminated: OOMKilled, restart {2}",
        "app[{0}]: level=ERROR msg=\"payment was refused\" order={0} took={1}ms",
        "app[{0}]: panic: runtime error: index out of range [{1}] with length {2}",
        "app[{0}]: Error: connect ECONNREFUSED 10.2.{1}.{2}:5432",
    ];

    /// <summary>Writes lines evenly spread over a time until so many bytes are there.</summary>
    public static void Write(string path, long bytes, DateTimeOffset first, DateTimeOffset last, int seed, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var random = new Random(seed);
        var texts = Texts(random);
        var clock = new LineClock();
        var block = new byte[1 << 20];
        for (var at = 0L; at < bytes;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var length = 0;
            while (length < block.Length - LongestLine)
            {
                length += clock.Write(first + ((last - first) * ((double)(at + length) / bytes)), block.AsSpan(length));
                var text = texts[random.Next(texts.Length)];
                text.CopyTo(block.AsSpan(length));
                length += text.Length;
            }

            file.Write(block, 0, length);
            at += length;
        }
    }

    /// <summary>A message, without time and host.</summary>
    public static string Message(Random random)
    {
        var kinds = random.Next(OneInTrouble) == 0 ? s_trouble : s_calm;
        return string.Format(CultureInfo.InvariantCulture, kinds[random.Next(kinds.Length)], random.Next(100_000), random.Next(250), random.Next(100));
    }

    // To make each text anew would take longer than to write it.
    private static byte[][] Texts(Random random) => [.. Enumerable.Range(0, DifferentTexts).Select(_ => Encoding.ASCII.GetBytes($" web01 {Message(random)}\n"))];
}
