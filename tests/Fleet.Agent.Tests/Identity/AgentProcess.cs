using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Tests.Execution;

namespace Fleet.Agent.Tests.Identity;

/// <summary>
/// The real program as a process of its own: what a build left in its project, or the file that FLEET_AGENT_BINARY names.
/// </summary>
/// <remarks>Started by an executor, since nothing else in this process may start children.</remarks>
internal sealed class AgentProcess(TaskExecutor executor)
{
    private const int Kill = 9;
    private const int Terminate = 15;
    private readonly RecordingObserver _observer = new();

    public string Output => _observer.Output() + _observer.Error();

    public static AgentProcess Start(TaskExecutor executor, params string[] words)
    {
        var binary = Environment.GetEnvironmentVariable("FLEET_AGENT_BINARY");
        var process = new AgentProcess(executor);
        var request = new TaskRequest
        {
            TaskId = Guid.NewGuid().ToString("n"),
            JobId = "test",
            Steps = [new StepRequest.Command(binary is null ? ["dotnet", BuiltProgram(), .. words] : [binary, .. words])],
        };
        executor.Submit(request, process._observer).ShouldBeOfType<Admission.Accepted>();
        return process;
    }

    public static async Task<(int Code, string Output)> RunAsync(TaskExecutor executor, params string[] words)
    {
        var process = Start(executor, words);
        return (await process.ExitAsync(), process.Output);
    }

    public async Task KillAsync()
    {
        await SignalAsync(Kill);
        await _observer.Ended;
    }

    public async Task<int> TerminateAsync()
    {
        await SignalAsync(Terminate);
        return await ExitAsync();
    }

    private async Task<int> ExitAsync()
    {
        var report = await _observer.Ended;
        return report.Steps[0].Outcome is StepOutcome.Exited exited ? exited.Code : throw new InvalidOperationException($"{report.Steps[0].Outcome}: {Output}");
    }

    private async Task SignalAsync(int signal)
    {
        await _observer.StepStart(0);
        executor.TaskIds.ShouldNotBeEmpty();
        ProcessSignal.Send(_observer.Started[0].Process, signal);
    }

    // Not the copy beside the tests: what ASP.NET Core brings along is missing there. Both end in bin/CONFIGURATION/FRAMEWORK.
    private static string BuiltProgram()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var root = framework.Parent!.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, "src", "Fleet.Agent", "bin", framework.Parent.Name, framework.Name, "fleet-agent.dll");
    }
}
