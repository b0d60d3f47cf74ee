using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fleet.Protocol.Json;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Results;

/// <summary>Writes one JSON object per line. The format is documented in docs/json.md; "v" grows when it changes incompatibly.</summary>
internal sealed class JsonLines
{
    private const int Version = 1;

    // Strict enough for any JSON parser; < and > of log lines stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly TextWriter _writer;
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public JsonLines(TextWriter writer) => _writer = writer;

    public void Write(string type, Action<Utf8JsonWriter> fields)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("v", Version);
            json.WriteString("type", type);
            fields(json);
            json.WriteEndObject();
        }

        _writer.Write(Encoding.UTF8.GetString(_buffer.WrittenSpan));
        _writer.Write('\n');
        _writer.Flush();
    }

    /// <summary>Bytes as text where they are UTF-8, else as base64 under another name: nothing is lost.</summary>
    public static void WriteBytes(Utf8JsonWriter json, string name, ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
            json.WriteString(name, bytes);
        else
            json.WriteBase64String(name + "_base64", bytes);
    }

    /// <summary>How a task ended.</summary>
    public static void WriteEnd(Utf8JsonWriter json, TaskEnded ended)
    {
        json.WriteString("state", TaskSentence.Key(ended.State));
        if (ended.HasExitCode)
            json.WriteNumber("exit_code", ended.ExitCode);
        if (ended.HasSignal)
            json.WriteNumber("signal", ended.Signal);
        json.WriteOptional("reason", ended.Reason);
        json.WriteNumber("wall_ms", ended.WallUs / 1000.0);
    }

    /// <summary>How a step ended and what it used.</summary>
    public static void WriteStep(Utf8JsonWriter json, StepEnded ended)
    {
        switch (ended.Outcome?.EndingCase)
        {
            case StepOutcome.EndingOneofCase.ExitCode:
                json.WriteNumber("exit_code", ended.Outcome.ExitCode);
                break;
            case StepOutcome.EndingOneofCase.Signal:
                json.WriteNumber("signal", ended.Outcome.Signal);
                json.WriteBoolean("core_dumped", ended.Outcome.CoreDumped);
                break;
            case StepOutcome.EndingOneofCase.StartFailure:
                json.WriteString("start_failure", ended.Outcome.StartFailure);
                break;
            case StepOutcome.EndingOneofCase.TimedOut:
                json.WriteBoolean("timed_out", true);
                break;
            case StepOutcome.EndingOneofCase.Cancelled:
                json.WriteBoolean("cancelled", true);
                break;
        }

        if (ended.Used is not { } used)
            return;
        json.WriteNumber("wall_ms", used.WallUs / 1000.0);
        json.WriteNumber("user_cpu_ms", used.UserCpuUs / 1000.0);
        json.WriteNumber("system_cpu_ms", used.SystemCpuUs / 1000.0);
        json.WriteNumber("peak_memory_bytes", used.PeakMemoryBytes);
        json.WriteNumber("processes_left", used.ProcessesLeft);
    }

    /// <summary>The job's counts.</summary>
    public static void WriteCounts(Utf8JsonWriter json, Running.JobView job)
    {
        json.WriteNumber("host_count", job.Tasks.Count);
        foreach (var group in job.Tasks.GroupBy(t => t.State).OrderBy(g => g.Key))
            json.WriteNumber(TaskSentence.Key(group.Key), group.Count());
    }
}
