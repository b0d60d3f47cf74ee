using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Spec;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Exec;

/// <summary>What `exec`, `script` and `ping` share: from steps and options to a job that is followed to its end.</summary>
internal sealed class JobRun
{
    private readonly CommandContext _context;
    private readonly RunOptionSet _run;
    private readonly JobOptionSet _job;
    private readonly ShowOptionSet _show;
    private readonly JobJourney _journey;

    public JobRun(Command command, CommandContext context)
    {
        _context = context;
        _run = new RunOptionSet(command);
        _job = new JobOptionSet(command);
        _show = new ShowOptionSet(command);
        _journey = new JobJourney(command, context);
    }

    public async Task<int> RunAsync(ParseResult parsed, TargetOptionSet target, IReadOnlyList<Step> steps, CancellationToken cancellationToken)
    {
        // 1. Everything that can be wrong here is found before the controller is asked.
        var selection = target.Read(parsed);
        var spec = SpecBuilder.Build(steps, await _run.ReadAsync(parsed, cancellationToken));
        var options = _job.Read(parsed);
        if (_show.IsStream(parsed) && !_run.NamesSizes(parsed))
            options.StreamBytes = StreamBudget.Most;
        var renderer = _show.Create(parsed, _context.Screen);
        var quiet = _show.IsForPrograms(parsed);

        // 2. The rest is the same for every job.
        return await _journey.RunAsync(parsed, new JobOrder(selection, target.IsAll(parsed), spec, options), renderer, quiet, cancellationToken);
    }
}
