using System.CommandLine;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Options;

/// <summary>What the command's processes may use together on each host.</summary>
internal sealed class LimitOptionSet
{
    private const int LeastMemory = 1 << 20;
    private const int LargestWeight = 10_000;

    private readonly Option<long?> _memory = new("--memory-max")
    {
        Description = "Memory limit of all processes of the task; beyond it the kernel kills processes of the task.",
        HelpName = "SIZE",
        CustomParser = result => OptionValues.Size(result),
    };

    private readonly Option<int?> _weight = new("--cpu-weight")
    {
        Description = "CPU weight under contention, 1 to 10000; the default of other services is 100.",
        HelpName = "N",
        CustomParser = OptionValues.Whole(1, LargestWeight),
    };

    private readonly Option<int?> _processes = new("--processes-max")
    {
        Description = "Maximum number of processes and threads.", HelpName = "N", CustomParser = OptionValues.Whole<int>(),
    };

    public LimitOptionSet(Command command)
    {
        command.Options.Add(_memory);
        command.Options.Add(_weight);
        command.Options.Add(_processes);
    }

    /// <summary>Null where none was given.</summary>
    public ResourceLimits? Read(ParseResult parsed)
    {
        var memory = parsed.GetValue(_memory);
        var weight = parsed.GetValue(_weight);
        var processes = parsed.GetValue(_processes);
        if (memory < LeastMemory)
            throw CommandFailure.Usage("--memory-max is out of range", "give at least 1MiB");
        return (memory, weight, processes) is (null, null, null) ? null : new ResourceLimits
        {
            MemoryMaxBytes = (ulong)(memory ?? 0), CpuWeight = (uint)(weight ?? 0), ProcessesMax = (uint)(processes ?? 0),
        };
    }
}
