using System.Text;

namespace Fleet.LogSearch.Tests;

/// <summary>A log as awkward as real ones: invalid bytes, NULs, carriage returns, empty and very long lines, no final line end.</summary>
internal static class SampleLog
{
    private static readonly string[] s_messages =
    [
        "Accepted publickey for deploy from 10.1.2.3 port 51012 ssh2", "Killed process 4711 (java) total-vm:12kB", "ERROR disk is on fire",
        "error: minor", "kernel panic - not syncing", "oomkilled by cgroup", "OOMKilled", "id=9977777799 done", "wörter mit ümlaut, GRÖSSE, größe",
        "日本語のログ ERROR", "", " ", "foo_bar foobar foo", "terror strikes", "a.b*c[d]", "tail \\ slash", "WARN  HTTP/1.1 500 in 1234 ms",
    ];

    public static byte[] Create(int seed, int lines)
    {
        var random = new Random(seed);
        using var log = new MemoryStream();
        for (int i = 0; i < lines; i++)
        {
            log.Write(Encoding.UTF8.GetBytes($"line {i} {s_messages[random.Next(s_messages.Length)]}"));
            switch (random.Next(60))
            {
                case 0: log.Write([0xFF, 0xFE, 0xC3, (byte)'E', 0x80]); break;
                case 1: log.WriteByte(0); break;
                case 2: log.Write(Encoding.ASCII.GetBytes(new string('x', random.Next(5000)) + "panic" + new string('y', random.Next(5000)))); break;
                case 3: log.Write(Encoding.ASCII.GetBytes("\n\n\n")); break;
            }

            log.WriteByte((byte)'\n');
        }

        log.Write("last ERROR without an end"u8);
        return log.ToArray();
    }
}
