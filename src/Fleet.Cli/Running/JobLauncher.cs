using Fleet.Cli.Confirmation;
using Fleet.Cli.Connection;
using Fleet.Cli.Spec;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Running;

/// <summary>From a target and a spec to a job: look where it would go, ask, create it for exactly those hosts.</summary>
internal sealed class JobLauncher
{
    private readonly FleetClient _client;
    private readonly TimeProvider _time;
    private readonly HostConfirmation _confirmation;
    private readonly Action<string> _notify;

    public JobLauncher(FleetClient client, TimeProvider time, HostConfirmation confirmation, Action<string> notify)
    {
        _client = client;
        _time = time;
        _confirmation = confirmation;
        _notify = notify;
    }

    /// <summary>Creates the job, or throws when nothing is to be run.</summary>
    public async Task<Job> LaunchAsync(TargetSelection target, bool everyHost, TaskSpec spec, JobOptions options, CancellationToken cancellationToken)
    {
        var preview = await _client.Jobs.PreviewTargetAsync(
            new PreviewTargetRequest { Target = target }, deadline: CallFailures.Soon(_time), cancellationToken: cancellationToken);
        if (preview.Unknown.Count > 0)
            _notify($"not enrolled, ignored: {Protocol.NodeSets.NodeSet.Fold(preview.Unknown)}");
        var summary = SpecBuilder.Summary(spec.Steps);
        _confirmation.Ask(summary, preview, everyHost);
        if (options.StreamBytes > 0)
            StreamBudget.Apply(spec, options, preview.Names.Count);
        var (bytes, digest) = SpecBuilder.Seal(spec);
        var request = new CreateJobRequest
        {
            RequestId = Guid.NewGuid().ToString("N"),
            Target = target,
            PreviewDigest = preview.Digest,
            Spec = bytes,
            SpecSha256 = digest,
            Summary = summary,
            Options = options,
        };
        return await _client.Jobs.CreateJobAsync(request, deadline: CallFailures.Soon(_time), cancellationToken: cancellationToken);
    }
}
