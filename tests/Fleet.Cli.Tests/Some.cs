using System.Text;
using Fleet.Cli.Output;
using Fleet.Cli.Results;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests;

/// <summary>Jobs, events and screens for tests.</summary>
internal static class Some
{
    public const string JobId = "20261121-093115-k3f9";

    public static JobEvent Job(params string[] commands) => new()
    {
        Job = new Job { Id = JobId, Spec = new TaskSpec { Steps = { commands.Select(c => new Step { Shell = new ShellLine { Line = c } }) } }.ToByteString() },
    };

    public static JobEvent Hosts(params string[] names) => new()
    {
        Tasks = new TaskList { Tasks = { names.Select((name, i) => new TaskInfo { Ordinal = (uint)i + 1, AgentName = name, State = TaskState.Pending }) } },
    };

    public static JobEvent Out(uint task, string text, uint step = 0, ulong offset = 0, OutputStream stream = OutputStream.Stdout) => new()
    {
        Ordinal = task,
        Output = new OutputChunk { Step = step, Offset = offset, Stream = stream, Data = ByteString.CopyFrom(text, Encoding.Latin1) },
    };

    public static JobEvent StepExit(uint task, int code, uint step = 0, ulong total = 0, ulong dropped = 0) => new()
    {
        Ordinal = task,
        StepEnded = new StepEnded
        {
            Step = step,
            Outcome = new StepOutcome { ExitCode = code },
            Used = new ResourceUse { WallUs = 1500 },
            Stdout = new StreamTotals { TotalBytes = total, DroppedBytes = dropped },
        },
    };

    public static JobEvent End(uint task, TaskState state, int? code = null, string reason = "")
    {
        var ended = new TaskEnded { State = state, Reason = reason };
        if (code is { } exitCode)
            ended.ExitCode = exitCode;
        return new JobEvent { Ordinal = task, Ended = ended };
    }

    /// <summary>Events with their numbers; those about the job itself have none.</summary>
    public static IReadOnlyList<JobEvent> Log(params JobEvent[] events)
    {
        var seq = 0UL;
        foreach (var happened in events.Where(e => e.Ordinal > 0))
            happened.Seq = ++seq;
        return events;
    }

    public static JobView Play(IEnumerable<JobEvent> log, IResultRenderer? renderer = null)
    {
        var job = new JobView();
        foreach (var happened in log)
        {
            var task = job.Apply(happened);
            renderer?.Show(job, happened, task);
        }

        renderer?.Finish(job, TimeSpan.FromSeconds(1.234));
        return job;
    }

    public static (Screen Screen, StringWriter Text) Screen(bool terminal = false)
    {
        var text = new StringWriter { NewLine = "\n" };
        var writer = new ScreenWriter(text, terminal, hasColors: false, width: 100);
        return (new Screen(writer, writer, null), text);
    }

    /// <summary>A terminal that shows colors.</summary>
    public static (Screen Screen, StringWriter Text) Terminal(int width = 200)
    {
        var text = new StringWriter { NewLine = "\n" };
        var writer = new ScreenWriter(text, isTerminal: true, hasColors: true, width);
        return (new Screen(writer, writer, null), text);
    }
}
