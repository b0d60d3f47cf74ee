using System.CommandLine;
using Fleet.Cli.Confirmation;
using Fleet.Cli.Results;
using Fleet.Cli.Running;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Exec;

/// <summary>What is to be run where, checked.</summary>
/// <param name="Target">The hosts.</param>
/// <param name="EveryHost">Whether all hosts were asked for by name of it.</param>
/// <param name="Spec">What each of them runs.</param>
/// <param name="Options">How the job goes over them.</param>
internal sealed record JobOrder(TargetSelection Target, bool EveryHost, TaskSpec Spec, JobOptions Options);

/// <summary>From an order to a job that is followed to its end, or left to itself.</summary>
internal sealed class JobJourney
{
    private readonly CommandContext _context;
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask for confirmation." };
    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Print the job's id and return; the job continues." };

    public JobJourney(Command command, CommandContext context)
    {
        _context = context;
        command.Options.Add(_yes);
        command.Options.Add(_detach);
    }

    public async Task<int> RunAsync(ParseResult parsed, JobOrder order, IResultRenderer renderer, bool quiet, CancellationToken cancellationToken)
    {
        // Who does not stay follows nothing.
        if (parsed.GetValue(_detach))
            order.Options.StreamBytes = 0;

        // 1. The job is created for exactly the hosts that the operator was shown.
        using var client = _context.Connect(parsed);
        var confirmation = new HostConfirmation(HostConfirmation.AboveOfUser(), parsed.GetValue(_yes), _context.Screen.Input, _context.Screen.Err);
        var launcher = new JobLauncher(client, _context.Time, confirmation, _context.Screen.Note);
        var job = await launcher.LaunchAsync(order.Target, order.EveryHost, order.Spec, order.Options, cancellationToken);

        // 2. It is followed to its end, or left to itself.
        if (parsed.GetValue(_detach))
        {
            _context.Screen.Writer.WriteLine($"{job.Id}");
            return ExitCode.Success;
        }

        var follower = new JobFollower(client, _context.Screen, _context.Time, _context.CtrlC, quiet);
        return await follower.FollowAsync(job, renderer, FollowMode.Own);
    }
}
