using System.Diagnostics;
using Fleet.Agent.Tests.Link;

namespace Fleet.Agent.Tests.Identity;

/// <summary>The real program as a process of its own: what a build left beside the tests, or the file that FLEET_AGENT_BINARY names.</summary>
internal sealed class AgentProcess : IDisposable
{
    private readonly Process _process;

    private AgentProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static AgentProcess Start(params string[] words)
    {
        var binary = Environment.GetEnvironmentVariable("FLEET_AGENT_BINARY");
        var start = new ProcessStartInfo(binary ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        if (binary is null)
            start.ArgumentList.Add(BuiltProgram());
        foreach (var word in words)
            start.ArgumentList.Add(word);
        return new AgentProcess(Process.Start(start)!);
    }

    // Not the copy beside the tests: what ASP.NET Core brings along is missing there. Both end in bin/CONFIGURATION/FRAMEWORK.
    private static string BuiltProgram()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var root = framework.Parent!.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, "src", "Fleet.Agent", "bin", framework.Parent.Name, framework.Name, "fleet-agent.dll");
    }

    public static async Task<(int Code, string Output)> RunAsync(params string[] words)
    {
        using var agent = Start(words);
        var output = agent._process.StandardOutput.ReadToEndAsync();
        var errors = agent._process.StandardError.ReadToEndAsync();
        await agent._process.WaitForExitAsync().WaitAsync(ScriptedController.Patience);
        return (agent._process.ExitCode, await output + await errors);
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(ScriptedController.Patience);
    }

    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(ScriptedController.Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
