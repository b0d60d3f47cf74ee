using System.CommandLine;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Options;

/// <summary>How a job goes over its hosts.</summary>
internal sealed class JobOptionSet
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(10);

    private readonly Option<TimeSpan?> _wait = new("--wait-offline")
    {
        Description = "How long to wait for hosts that are offline; 0s: do not wait. Default 10s.",
        HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(result),
    };

    private readonly Option<TimeSpan?> _deadline = new("--deadline")
    {
        Description = "Timeout of the whole job; tasks still running then time out. Default: the sum of the other timeouts.",
        HelpName = "DURATION",
        CustomParser = result => OptionValues.Duration(result),
    };

    private readonly Option<string?> _parallel = new("--parallel", "-p")
    {
        Description = "Hosts running at once: a count or a percentage (50, 10%). Default: all.",
        HelpName = "N|P%",
        CustomParser = OptionValues.CountOrShareOfHosts,
    };

    private readonly Option<double?> _rate = new("--rate") { Description = "Hosts started per second, at most. Default: no limit.", HelpName = "N", CustomParser = OptionValues.Rate };

    private readonly Option<string?> _maxFailures = new("--max-failures")
    {
        Description = "Start no more hosts once more than this many failed (5, 10%).",
        HelpName = "N|P%",
        CustomParser = OptionValues.CountOrShare,
    };

    public JobOptionSet(Command command)
    {
        foreach (var option in (Option[])[_wait, _deadline, _parallel, _rate, _maxFailures])
            command.Options.Add(option);
    }

    public JobOptions Read(ParseResult parsed)
    {
        var wait = parsed.GetValue(_wait) ?? DefaultWait;
        if (wait > Limits.DeliveryTimeout)
            throw CommandFailure.Usage("--wait-offline is out of range", "give at most 7d");
        var deadline = parsed.GetValue(_deadline);
        if (deadline < TimeSpan.FromMilliseconds(1))
            throw CommandFailure.Usage("--deadline is out of range", "give at least 1ms, or omit it: the default is the sum of the other timeouts");
        var options = new JobOptions
        {
            DeliveryTimeoutMs = (long)wait.TotalMilliseconds,
            DeadlineMs = (long)(deadline ?? TimeSpan.Zero).TotalMilliseconds,
            MaxConcurrent = parsed.GetValue(_parallel) ?? "",
            MaxFailures = parsed.GetValue(_maxFailures) ?? "",
        };
        if (parsed.GetValue(_rate) is { } rate)
            options.RatePerSecond = rate;
        return options;
    }
}
