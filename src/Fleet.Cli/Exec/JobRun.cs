using System.CommandLine;
using Fleet.Cli.Confirmation;
using Fleet.Cli.Options;
using Fleet.Cli.Running;
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
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask before many hosts are reached." };
    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Print the job's id and return; the job goes on." };

    public JobRun(Command command, CommandContext context)
    {
        _context = context;
        _run = new RunOptionSet(command);
        _job = new JobOptionSet(command);
        _show = new ShowOptionSet(command);
        command.Options.Add(_yes);
        command.Options.Add(_detach);
    }

    public async Task<int> RunAsync(ParseResult parsed, TargetOptionSet target, IReadOnlyList<Step> steps, CancellationToken cancellationToken)
    {
        // 1. Everything that can be wrong here is found before the controller is asked.
        var selection = target.Read(parsed);
        var spec = SpecBuilder.Build(steps, await _run.ReadAsync(parsed, cancellationToken));
        var options = _job.Read(parsed);
        var renderer = _show.Create(parsed, _context.Screen);
        var quiet = _show.IsForPrograms(parsed);

        // 2. The job is created for exactly the hosts that the operator was shown.
        using var client = _context.Connect(parsed);
        var confirmation = new HostConfirmation(ConfirmAbove(), parsed.GetValue(_yes), _context.Screen.Input, _context.Screen.Err.Profile.Out.Writer);
        var launcher = new JobLauncher(client, _context.Time, confirmation, _context.Screen.Note);
        var job = await launcher.LaunchAsync(selection, target.IsAll(parsed), spec, options, cancellationToken);

        // 3. It is followed to its end, or left to itself.
        if (parsed.GetValue(_detach))
        {
            _context.Screen.Writer.WriteLine(job.Id);
            return ExitCode.Success;
        }

        var follower = new JobFollower(client, _context.Screen, _context.Time, _context.CtrlC, quiet);
        return await follower.FollowAsync(job.Id, renderer, follow: true);
    }

    private static int ConfirmAbove()
    {
        var text = Environment.GetEnvironmentVariable("FLEET_CONFIRM_ABOVE");
        if (string.IsNullOrEmpty(text))
            return HostConfirmation.DefaultAbove;
        return int.TryParse(text, out var above) && above >= 0
            ? above
            : throw CommandFailure.Usage($"FLEET_CONFIRM_ABOVE is \"{text}\"", "set it to a number of hosts, 0 or more");
    }
}
