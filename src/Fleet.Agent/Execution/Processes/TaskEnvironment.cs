using System.Collections;

namespace Fleet.Agent.Execution.Processes;

/// <summary>The environment a task's processes start with.</summary>
internal static class TaskEnvironment
{
    internal const string TaskIdName = "FLEET_TASK_ID";
    internal const string JobIdName = "FLEET_JOB_ID";
    internal const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    // Between the service manager and the agent only (systemd.exec(5)), as is all that configures the agent itself.
    private static readonly string[] PrivateNames =
    [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "JOURNAL_STREAM",
        "INVOCATION_ID", "SYSTEMD_EXEC_PID", "MAINPID", "MANAGERPID",
    ];

    private static readonly string[] PrivatePrefixes = ["FLEET_", "DOTNET_"];

    // By name, each as a whole entry: most go on unchanged, task after task.
    private static readonly Lazy<Dictionary<string, string>> Inherited = new(ReadInherited);

    /// <summary>Each variable as <c>NAME=value</c>.</summary>
    /// <remarks>Layers, later ones win: our own (unless clean), the user's, the request's, the two ids.</remarks>
    internal static List<string> Build(TaskRequest request, UserAccount? user)
    {
        var environment = request.CleanEnvironment
            ? new Dictionary<string, string>(StringComparer.Ordinal)
            : new Dictionary<string, string>(Inherited.Value, StringComparer.Ordinal);
        environment.TryAdd("PATH", $"PATH={UsualPath}");

        if (user is not null)
        {
            Set("HOME", user.Home);
            Set("USER", user.Name);
            Set("LOGNAME", user.Name);
            Set("SHELL", user.Shell);
        }

        foreach (var (name, value) in request.Environment)
            Set(name, value);
        Set(TaskIdName, request.TaskId);
        Set(JobIdName, request.JobId);
        return [.. environment.Values];

        void Set(string name, string value) => environment[name] = $"{name}={value}";
    }

    /// <summary>The search path among such entries; null where there is none.</summary>
    internal static string? PathOf(IReadOnlyList<string> entries) =>
        entries.FirstOrDefault(entry => entry.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..];

    private static Dictionary<string, string> ReadInherited()
    {
        var inherited = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (!PrivateNames.Contains(name) && !Array.Exists(PrivatePrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                inherited[name] = $"{name}={variable.Value}";
        }

        return inherited;
    }
}
