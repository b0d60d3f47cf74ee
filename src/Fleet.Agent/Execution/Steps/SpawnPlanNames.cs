namespace Fleet.Agent.Execution.Steps;

/// <summary>The names that a failure has to mention.</summary>
internal readonly record struct SpawnPlanNames(string User, string Directory, string Program);
