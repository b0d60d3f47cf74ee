using Fleet.Cli.Logs;
using Fleet.Cli.Results;
using Fleet.Protocol.Json;

namespace Fleet.Cli.Tail;

/// <summary>An object per line, count and note, one whenever hosts come or go, and a summary. Documented in docs/json.md.</summary>
internal sealed class TailJsonPrinter(TextWriter output) : ITailPrinter
{
    private readonly JsonLines _lines = new(output);

    public void Show(TailItem item)
    {
        if (item.Line is { } line)
        {
            _lines.Write("line", json => JsonReport.WriteLine(json, item.Host, item.Source, line));
            return;
        }

        _lines.Write(item.Dropped > 0 ? "dropped" : "note", json =>
        {
            json.WriteString("host", item.Host);
            json.WriteString("source", item.Source);
            if (item.Dropped > 0)
                json.WriteNumber("lines", item.Dropped);
            else
                json.WriteString("note", item.Note);
        });
    }

    public void Show(HostChanges changes) => _lines.Write("hosts", json =>
    {
        json.WriteTexts("following", changes.Following);
        json.WriteStartArray("failed");
        foreach (var (host, reason) in changes.Ended)
        {
            json.WriteStartObject();
            json.WriteString("host", host);
            json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public void Finish(TailTally tally, TimeSpan elapsed) => _lines.Write("summary", json =>
    {
        json.WriteNumber("elapsed_ms", Math.Round(elapsed.TotalMilliseconds, 1));
        json.WriteNumber("lines", tally.Lines);
        json.WriteNumber("dropped", tally.LeftOut);
        json.WriteNumber("hosts_shown", tally.HostsShown);
        json.WriteNumber("hosts_following", tally.Following);
        json.WriteNumber("hosts_failed", tally.Ended.Count);
    });

    public void Flush() => output.Flush();
}
