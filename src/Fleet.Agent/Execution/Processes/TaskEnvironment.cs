namespace Fleet.Agent.Execution.Processes;

/// <summary>The environment a task's processes start with: that of a login of its user, as <c>su -</c> makes it, and nothing of the agent's own.</summary>
internal static class TaskEnvironment
{
    internal const string TaskIdName = "FLEET_TASK_ID";
    internal const string JobIdName = "FLEET_JOB_ID";
    internal const string UsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string UsualShell = "/bin/sh";

    // How the host speaks and what time it is there: of locale(7) and tzset(3), the same for all its users.
    private static readonly string[] HostWide =
    [
        "LANG", "LANGUAGE", "TZ", "LC_ALL", "LC_ADDRESS", "LC_COLLATE", "LC_CTYPE", "LC_IDENTIFICATION", "LC_MEASUREMENT", "LC_MESSAGES",
        "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER", "LC_TELEPHONE", "LC_TIME",
    ];

    // Looked up once: the agent stays who it is.
    private static readonly Lazy<UserAccount?> Own = new(UserAccount.Own, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Each variable as <c>NAME=value</c>.</summary>
    /// <remarks>Layers, later ones win: the search path, what the host's settings pass on, the user's, the request's, the two ids.</remarks>
    /// <param name="request">The task.</param>
    /// <param name="user">The user that it asks for; null: the agent's own.</param>
    /// <param name="passOn">Further names that are taken over from the agent's own environment, where they are in it.</param>
    internal static List<string> Build(TaskRequest request, UserAccount? user, IReadOnlyList<string> passOn)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        Set("PATH", UsualPath);
        if (!request.CleanEnvironment)
        {
            foreach (var name in HostWide.Concat(passOn))
            {
                if (Environment.GetEnvironmentVariable(name) is { } value)
                    Set(name, value);
            }

            user ??= Own.Value;
        }

        if (user is not null)
        {
            Set("HOME", user.Home);
            Set("USER", user.Name);
            Set("LOGNAME", user.Name);
            Set("SHELL", user.Shell.Length > 0 ? user.Shell : UsualShell);
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
}
