using Fleet.Agent;
using Fleet.Agent.Execution.Processes;

return args switch
{
    [ExecShim.Verb, ..] => ExecShim.Run(args),
    ["run", .. var options] => await Commands.RunAsync(options),
    ["enrol", .. var options] => await Commands.EnrolAsync(options),
    ["status", .. var options] => Commands.Status(options),
    ["check-config", .. var options] => Commands.CheckConfig(options),
    ["version" or "--version"] => Commands.Version(),
    ["help" or "--help" or "-h"] => Commands.Help(Console.Out, 0),
    _ => Commands.Help(Console.Error, 2),
};
