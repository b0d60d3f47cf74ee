using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fleet.Simulator;

/// <summary>Says what happens, a JSON object a line.</summary>
internal sealed class Report(TextWriter output, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();

    /// <summary>Writes a line: the event, the seconds since the start, and what there is to say of it.</summary>
    public void Write(string happened, params (string Name, JsonNode? Value)[] fields)
    {
        var line = new JsonObject { ["event"] = happened, ["at_s"] = Math.Round(time.GetElapsedTime(_start).TotalSeconds, 3) };
        foreach (var (name, value) in fields)
            line[name] = value;
        lock (_lock)
        {
            output.WriteLine(line.ToJsonString(JsonSerializerOptions.Default));
            output.Flush();
        }
    }
}
