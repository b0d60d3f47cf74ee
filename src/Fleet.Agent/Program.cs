using Fleet.Agent;
using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Removal;
using Fleet.Agent.Upgrading;
using Fleet.Protocol.Identity;

// The shim becomes the task's program at once and makes no connection.
if (args is not [ExecShim.Verb, ..])
    SystemTrustStore.LeaveOut();

return args switch
{
    [ExecShim.Verb, ..] => ExecShim.Run(args),
    [TrialGuard.Verb, .. var words] => await TrialGuard.RunAsync(words, TimeProvider.System),
    [SelfCheck.Verb, .. var options] => Commands.Check(options),
    ["enroll" or "enrol" or "leave" or "run" or "uninstall" or "status" or "doctor" or "check-config", .., "--help" or "-h"] => Commands.Help(Console.Out, 0),
    ["run", .. var options] => await Commands.RunAsync(options),
    ["enroll" or "enrol", .. var options] => await Commands.EnrollAsync(options),
    ["leave", .. var options] => await Commands.LeaveAsync(options),
    ["accept-machine", .. var options] => Commands.AcceptMachine(options),
    ["uninstall", .. var options] => UninstallCommand.Run(options, Console.Error),
    ["status", .. var options] => Commands.Status(options),
    ["doctor", .. var options] => await Commands.DoctorAsync(options),
    ["check-config", .. var options] => Commands.CheckConfig(options),
    ["version" or "--version"] => Commands.Version(),
    ["help" or "--help" or "-h"] => Commands.Help(Console.Out, 0),
    [] => Commands.Help(Console.Error, 2),
    [var unknown, ..] => Commands.Unknown(unknown, Console.Error),
};
