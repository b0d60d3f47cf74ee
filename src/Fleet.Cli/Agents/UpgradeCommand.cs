using System.CommandLine;
using Fleet.Cli.Exec;
using Fleet.Cli.Options;
using Fleet.Cli.Spec;
using Fleet.Protocol;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>`fleet agents upgrade`: a job whose one step makes each agent another version, batch by batch.</summary>
internal sealed class UpgradeCommand
{
    private static readonly TimeSpan DefaultHealth = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DefaultDrain = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(10);
    // For fetching over a slow line, with cuts.
    private static readonly TimeSpan FetchLimit = TimeSpan.FromMinutes(30);

    private readonly Option<string?> _batch = new("--batch")
    {
        Description = "Hosts upgraded at once: a count or a percentage (5, 10%). Default 5%.", HelpName = "N|P%", CustomParser = OptionValues.CountOrShareOfHosts,
    };

    private readonly Option<string?> _maxFailures = new("--max-failures")
    {
        Description = "Stop the rollout once more than this many hosts failed. Default 2.", HelpName = "N|P%", CustomParser = OptionValues.CountOrShare,
    };

    private readonly Option<TimeSpan?> _health = Duration("--health-timeout", "How long the new version may take to connect before it is rolled back. Default 20s.");
    private readonly Option<TimeSpan?> _drain = Duration("--drain", "How long to wait for other tasks of a host before they are interrupted. Default 2m.");
    private readonly Option<TimeSpan?> _wait = Duration("--wait-offline", "How long to wait for hosts that are offline. Default 10s.");
    private readonly CommandContext _context;
    private readonly TargetOptionSet _target;
    private readonly ArtifactOptionSet _artifact;
    private readonly ShowOptionSet _show;
    private readonly JobJourney _journey;

    private UpgradeCommand(Command command, CommandContext context)
    {
        _context = context;
        _target = new TargetOptionSet(command, required: true);
        _artifact = new ArtifactOptionSet(command);
        foreach (var option in (Option[])[_batch, _maxFailures, _health, _drain, _wait])
            command.Options.Add(option);
        _show = new ShowOptionSet(command);
        _journey = new JobJourney(command, context);
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command("upgrade", "Upgrade or downgrade agents. A host whose new agent does not connect in time rolls back automatically.");
        var upgrade = new UpgradeCommand(command, context);
        command.SetAction(upgrade.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        // 1. Everything that can be wrong here is found before the controller is asked.
        var selection = _target.Read(parsed);
        var health = Within(parsed.GetValue(_health) ?? DefaultHealth, Limits.LeastHealthTimeout, Limits.MostHealthTimeout, "--health-timeout", "give 1s to 10m");
        var drain = Within(parsed.GetValue(_drain) ?? DefaultDrain, TimeSpan.Zero, Limits.MostDrain, "--drain", "give at most 1h");
        var wait = Within(parsed.GetValue(_wait) ?? DefaultWait, TimeSpan.Zero, Limits.DeliveryTimeout, "--wait-offline", "give at most 7d");
        var options = new JobOptions
        {
            DeliveryTimeoutMs = (long)wait.TotalMilliseconds,
            MaxConcurrent = parsed.GetValue(_batch) ?? "5%",
            MaxFailures = parsed.GetValue(_maxFailures) ?? "2",
        };
        var renderer = _show.Create(parsed, _context.Screen);

        // 2. Which artifacts, one for each architecture: from here on by their digests alone.
        IReadOnlyList<Artifact> artifacts;
        using (var client = _context.Connect(parsed))
            artifacts = await _artifact.ChooseAsync(parsed, client, _context, cancellationToken);

        // 3. The rest is the same for every job.
        var step = new Step
        {
            UpgradeAgent = new UpgradeAgent
            {
                Version = artifacts[0].Version,
                Sha256 = artifacts[0].Sha256,
                SizeBytes = artifacts[0].SizeBytes,
                // A controller that does not say what they are for would hand this to agents that do not know it.
                Artifacts =
                {
                    artifacts.Where(artifact => artifact.Architecture.Length > 0).Select(artifact => new UpgradeArtifact
                    {
                        Architecture = artifact.Architecture, Sha256 = artifact.Sha256, SizeBytes = artifact.SizeBytes,
                    }),
                },
                HealthTimeoutMs = (long)health.TotalMilliseconds,
                DrainLimitMs = (long)drain.TotalMilliseconds,
            },
        };
        var spec = SpecBuilder.Build([step], new RunOptions { Timeout = FetchLimit + drain });
        return await _journey.RunAsync(
            parsed, new JobOrder(selection, _target.IsAll(parsed), spec, options), renderer, _show.IsForPrograms(parsed), cancellationToken);
    }

    private static TimeSpan Within(TimeSpan value, TimeSpan least, TimeSpan most, string option, string hint) =>
        value >= least && value <= most ? value : throw CommandFailure.Usage($"{option} is out of range", hint);

    private static Option<TimeSpan?> Duration(string name, string description) =>
        new(name) { Description = description, HelpName = "DURATION", CustomParser = result => OptionValues.Duration(result) };
}
