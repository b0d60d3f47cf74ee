using System.Text;

namespace Fleet.Benchmarks.Storm;

/// <summary>Writes lines to a log at an even pace.</summary>
internal sealed class StormWriter(string path, int lines, TimeSpan over)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    /// <summary>Of lines that go together in a storm; each has numbers that vary.</summary>
    public static IReadOnlyList<string> Kinds { get; } =
    [
        "2026-11-21T12:00:00.{0:000}Z ERROR [worker-{1}] request {2} failed after {3} ms: connection to 10.1.2.3:5432 was refused",
        "2026-11-21T12:00:00.{0:000}Z ERROR [worker-{1}] cannot store order {2}: deadlock detected after {3} ms, giving up",
        "2026-11-21T12:00:00.{0:000}Z ERROR [pool-{1}] no connection left, {3} callers wait, request {2} is turned away",
        "2026-11-21T12:00:00.{0:000}Z ERROR [http-{1}] upstream closed the connection while request {2} was being sent ({3} bytes)",
        "2026-11-21T12:00:00.{0:000}Z ERROR [cache-{1}] lookup of session {2} timed out after {3} ms",
    ];

    /// <summary>Writes them all; how long it took.</summary>
    public async Task<TimeSpan> RunAsync(CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        var text = new StringBuilder();
        for (var written = 0; written < lines;)
        {
            var due = (int)Math.Min(lines, lines * (TimeProvider.System.GetElapsedTime(start) / over));
            text.Clear();
            for (; written < due; written++)
                text.AppendFormat(System.Globalization.CultureInfo.InvariantCulture, Kinds[written % Kinds.Count], written % 1000, written % 64, written, written % 4999).Append('\n');
            await file.WriteAsync(Encoding.ASCII.GetBytes(text.ToString()), cancellationToken);
            await Task.Delay(s_step, cancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(start);
    }
}
