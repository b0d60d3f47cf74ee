using Fleet.Agent.Execution.Processes;

if (args is [ExecShim.Verb])
    return ExecShim.Run(args);

return 0;
