using System.Diagnostics.CodeAnalysis;
using System.Text;
using BenchmarkDotNet.Attributes;
using Fleet.Protocol.Folding;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.Targets;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Benchmarks.Micro;

/// <summary>What a fan-out costs in plain computation.</summary>
public class ProtocolBenchmarks
{
    private const int Hosts = 1000;
    private const string Expression = "role=web and os!=windows and not dc=fra and cpus>=8 and web[001-200,205]";
    private readonly string[] _names = [.. Enumerable.Range(1, Hosts).Select(n => $"web{n:0000}")];
    private readonly byte[][] _outputs = [.. Enumerable.Range(0, Hosts).Select(n => Encoding.UTF8.GetBytes($"Filesystem /dev/sda1 {n % 3} used\n"))];
    private readonly byte[] _records = Records();

    /// <summary>Three distinct outputs.</summary>
    [Benchmark]
    public int Fold_1000_results()
    {
        var fold = new OutputFold<int>();
        for (var i = 0; i < Hosts; i++)
            fold.TryAdd(_names[i], 0, _outputs[i]);
        return fold.GroupCount;
    }

    /// <summary>The heading of a group.</summary>
    [Benchmark]
    public string Fold_1000_names_into_a_node_set() => NodeSet.Of(_names).ToString();

    /// <summary>What the controller does for each request.</summary>
    [Benchmark]
    [SuppressMessage("Performance", "CA1822", Justification = "BenchmarkDotNet wants instance methods.")]
    public Target Parse_a_target() => Target.Parse(Expression);

    /// <summary>What an agent sends of a ping.</summary>
    [Benchmark]
    public AgentMessage Read_the_records_of_a_ping() => AgentMessage.Parser.ParseFrom(_records);

    private static byte[] Records()
    {
        const string Task = "20260101-000000-k3f9.17";
        return new AgentMessage
        {
            Records = new TaskRecords
            {
                Records =
                {
                    new TaskRecord { TaskId = Task, Seq = 1, AtMs = 1, Started = new TaskStarted() },
                    new TaskRecord { TaskId = Task, Seq = 2, AtMs = 1, StepEnded = new StepEnded { Outcome = new StepOutcome { ExitCode = 0 } } },
                    new TaskRecord { TaskId = Task, Seq = 3, AtMs = 1, Ended = new TaskEnded { State = TaskState.Succeeded, ExitCode = 0 } },
                },
            },
        }.ToByteArray();
    }
}
