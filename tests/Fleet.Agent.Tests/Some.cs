using System.Security.Cryptography;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Tests;

/// <summary>Builds things of which a test cares about one property at most.</summary>
internal static class Some
{
    public static readonly TaskId Task = TaskNumber(1);

    public static TaskId TaskNumber(int ordinal) => TaskId.Parse($"20261121-010203-7k3m.{ordinal}");

    public static TaskSpec Spec(params Step[] steps) => new()
    {
        Steps = { steps.Length == 0 ? [Ping()] : steps },
        RunTimeoutMs = 60_000,
        KillGraceMs = 200,
    };

    public static Step Ping() => new() { Builtin = new Builtin { Name = "ping" } };

    public static Step Shell(string line) => new() { Shell = new ShellLine { Line = line } };

    public static StartTask Start(TaskId id, TaskSpec spec)
    {
        var bytes = spec.ToByteString();
        return new StartTask
        {
            TaskId = id.ToString(),
            Spec = bytes,
            SpecSha256 = ByteString.CopyFrom(SHA256.HashData(bytes.Span)),
            StartTimeoutMs = 600_000,
        };
    }

    public static TaskRecord Started() => new() { AtMs = 1000, Started = new TaskStarted() };

    public static TaskRecord Output(int bytes) =>
        new() { AtMs = 2000, Output = new OutputChunk { Stream = OutputStream.Stdout, Data = ByteString.CopyFrom(new byte[bytes]) } };

    public static TaskRecord Ended() => new() { AtMs = 3000, Ended = new TaskEnded { State = TaskState.Succeeded } };
}
