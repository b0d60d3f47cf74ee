using Fleet.Agent.Diagnosis;
using Fleet.Agent.Execution;
using Fleet.Agent.Facts;
using Fleet.Agent.Identity;
using Fleet.Agent.Journal;
using Fleet.Agent.Link;
using Fleet.Agent.Logging;
using Fleet.Agent.Removal;
using Fleet.Agent.Upgrading;
using Fleet.Hosting.Processes;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Memory;
using Fleet.Protocol.Systemd;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent;

/// <summary>The commands of <c>fleet-agent</c>. Exit codes: 0 done, 1 failed, 2 bad usage or settings.</summary>
internal static partial class Commands
{
    /// <summary>EX_TEMPFAIL of sysexits.h: systemd starts the agent again, which is then another version.</summary>
    private const int StartAgain = 75;

    private static readonly OptionSpec s_config = new("--config", "FILE", $"settings file; the default is {AgentSettings.Table.DefaultFile}");
    private static readonly OptionSpec s_list = new("--list", null, "show every setting there is instead");

    private static IReadOnlyList<OptionSpec> SettingOptions =>
        [s_config, .. AgentSettings.Table.All.Select(s => new OptionSpec(s.Flag, "VALUE", s.Summary, FormerFlag: s.FormerFlag))];

    // For commands that reach the controller and end.
    private static IEnumerable<OptionSpec> WayOptions =>
        SettingOptions.Where(option => option.Flag is "--state" or "--controller" or "--proxy" or "--proxy-password-file");

    /// <summary>Runs the agent until SIGTERM or SIGINT.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        NativeHeap.UseOneArena();
        var openFiles = OpenFilesBudget.OfProcess();
        if (openFiles.Fault() is { } tooFew)
        {
            Console.Error.WriteLine($"fleet-agent: {tooFew}");
            return 1;
        }

        var installed = InstalledProgram.OfProcess();
        await LaunchAsync(installed, words);
        if (Load(words, SettingOptions) is not { } loaded)
            return 2;
        var settings = loaded.Settings;
        var state = new StateDirectory(settings.State);
        if (FindIdentity(state, settings) is not { } enrollment)
            return 1;
        using var held = Take(state);
        if (held is null || !IsBoundHere(state))
            return 1;

        using var log = new AgentLog(settings.Log, enrollment.Name);
        var systemd = ServiceNotifier.OfProcess(TimeProvider.System);
        var live = new LiveSettings<AgentOptions>(
            AgentSettings.Table, loaded.All, () => Read(words, SettingOptions).Loaded, systemd, log.Factory.CreateLogger<LiveSettings<AgentOptions>>());
        live.OnReload(now => log.UseLevel(now.Log.Level));
        var logger = log.Factory.CreateLogger("Fleet.Agent");
        using var stop = new CancellationTokenSource();
        using var signals = new ProcessSignals()
            .OnStop(stop.Cancel)
            .OnReload(live.Reload)
            .OnToggleDebug(() =>
            {
                var level = log.ToggleDebug();
                LogLevelChanged(logger, level);
            });
        var store = new IdentityStore(state.Path);
        using var renewal = new CertificateRenewal(store, enrollment.AgentId!.Value, enrollment.Name, TimeProvider.System, Random.Shared);
        try
        {
            var start = new ProcessStart(installed, words);
            var end = await new AgentHost(live, state, start, systemd, TimeProvider.System, log.Factory, openFiles)
                .RunAsync(enrollment, new TlsDialer(store, enrollment.Controller, enrollment.Proxy), renewal, stop.Token);
            return end == AgentEnd.Restart ? StartAgain : 0;
        }
        catch (Exception e)
        {
            LogFailed(logger, e);
            return 1;
        }
    }

    // The settings may be for a newer version than this one: its faults do not count before it is known which version runs.
    private static Task LaunchAsync(InstalledProgram installed, string[] words)
    {
        var arguments = Arguments.Read(words, SettingOptions);
        var settings = Load(arguments).Options;
        var shelf = new VersionStore(settings.State);
        return new Launcher(installed, shelf, new SelectionFile(shelf, TimeProvider.System), TimeProvider.System, Console.Error).LaunchAsync(words);
    }

    /// <summary>Says whether this program could be the agent of this host: the version before it asks.</summary>
    public static int Check(string[] words)
    {
        if (Load(words, SettingOptions) is not { } loaded)
            return 2;
        if (FindIdentity(new StateDirectory(loaded.Settings.State), loaded.Settings) is null)
            return 1;
        Console.WriteLine(SelfCheck.Word);
        return 0;
    }

    /// <summary>Makes this host an agent.</summary>
    public static async Task<int> EnrollAsync(string[] words)
    {
        OptionSpec[] options = [s_config, .. WayOptions, .. EnrollCommand.Options];
        if (Load(words, options) is not { } loaded)
            return 2;
        return await EnrollCommand.RunAsync(loaded.Arguments, loaded.Settings, Console.Out, Console.Error, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Takes this host out of its fleet. Doing it twice is harmless.</summary>
    public static async Task<int> LeaveAsync(string[] words)
    {
        if (Load(words, [s_config, .. WayOptions]) is not { } loaded)
            return 2;
        var state = new StateDirectory(loaded.Settings.State);
        if (!new IdentityStore(state.Path).Exists)
        {
            Console.WriteLine($"This host is not enrolled (nothing in {state.Path}). Nothing was changed.");
            return 0;
        }

        if (FindIdentity(state, loaded.Settings) is not { } enrollment)
            return 1;
        using var held = Take(state);
        if (held is null)
            return 1;
        var dialer = new TlsDialer(new IdentityStore(state.Path), enrollment.Controller, enrollment.Proxy);
        return await LeaveCommand.RunAsync(enrollment, state.Path, dialer, Console.Out, TimeProvider.System, CancellationToken.None);
    }

    /// <summary>Keeps the identity of a disk that was moved to this machine.</summary>
    public static int AcceptMachine(string[] words)
    {
        if (Load(words, [s_config, .. SettingOptions.Where(o => o.Flag == "--state")]) is not { } loaded)
            return 2;
        var state = new StateDirectory(loaded.Settings.State);
        if (FindIdentity(state, loaded.Settings) is null)
            return 1;
        using var held = Take(state);
        if (held is null)
            return 1;
        try
        {
            var enrollment = new MachineBinding(state, MachineId.Hash(new HostFiles())).Accept()!;
            Console.WriteLine($"This machine is {enrollment.Name} from now on. The controller holds its tasks until: fleet agents clear-duplicate {enrollment.Name}");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"fleet-agent: {e.Message}");
            return 1;
        }
    }

    /// <summary>Says what this host's agent is and whether it runs.</summary>
    /// <remarks>With broken settings, too: they are named, and the defaults stand in for them.</remarks>
    public static int Status(string[] words)
    {
        var (loaded, arguments) = Read(words, SettingOptions);
        if (Tell(arguments.Faults))
            return 2;
        var isFaulty = Tell(Messages(loaded));
        var state = new StateDirectory(loaded.Options.State);
        if (FindIdentity(state, loaded.Options) is not { } enrollment)
            return 1;
        using var certificate = new IdentityStore(state.Path).Load();
        using var held = state.TryLock();
        new StatusReport(state, loaded.Options, TimeProvider.System).Write(Console.Out, enrollment, certificate, held is null);
        return isFaulty ? 1 : 0;
    }

    /// <summary>Looks for what keeps this host's agent from working.</summary>
    public static async Task<int> DoctorAsync(string[] words)
    {
        var (loaded, arguments) = Read(words, SettingOptions);
        if (Tell(arguments.Faults))
            return 2;
        var state = new StateDirectory(loaded.Options.State);
        try
        {
            return FindIdentity(state, loaded.Options) is { } enrollment
                ? await DoctorCommand.RunAsync(enrollment, state, loaded.Options, Messages(loaded), Console.Out, TimeProvider.System)
                : 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"fleet-agent: {e.Message}; doctor has to be run as the agent's user, which is root mostly");
            return 1;
        }
    }

    /// <summary>Checks the settings and says what they are.</summary>
    public static int CheckConfig(string[] words)
    {
        if (Load(words, [.. SettingOptions, s_list]) is not { } loaded)
            return 2;
        if (loaded.Arguments.Has(s_list.Flag))
        {
            SettingsReference.List(AgentSettings.Table, Console.Out);
            return 0;
        }

        Console.WriteLine("The settings are in order.");
        return 0;
    }

    /// <summary>Prints the version.</summary>
    public static int Version()
    {
        Console.WriteLine($"fleet-agent {AgentVersion.Text}");
        return 0;
    }

    /// <summary>Prints what there is.</summary>
    public static int Help(TextWriter output, int exitCode)
    {
        output.WriteLine("""
            Usage: fleet-agent COMMAND [OPTIONS]

            Commands:
              enroll         enroll this host in a fleet
              run            run the agent (used by the service)
              leave          remove this host from its fleet
              uninstall      remove an agent installed by install.sh (--purge: its state too)
              accept-machine keep the identity after its disk was moved to this machine
              status         show identity, connection and tasks of the agent
              doctor         find problems of the agent and print hints
              check-config   check the settings
              version        print the version

            Options of enroll:
            """);
        WriteOptions(output, EnrollCommand.Options);
        output.WriteLine();
        output.WriteLine("Settings, as options here, as FLEET_AGENT_... in the environment, or in the settings file:");
        WriteOptions(output, SettingOptions);
        return exitCode;
    }

    /// <summary>Says that a command is not known, in one line.</summary>
    public static int Unknown(string word, TextWriter output)
    {
        output.WriteLine($"fleet-agent: there is no command \"{word}\"; see: fleet-agent help");
        return 2;
    }

    private static void WriteOptions(TextWriter output, IEnumerable<OptionSpec> options)
    {
        foreach (var option in options)
            output.WriteLine($"  {option.Flag + " " + option.Value,-28} {option.Meaning}");
    }

    private static (LoadedSettings<AgentOptions> Loaded, Arguments Arguments) Read(string[] words, IReadOnlyList<OptionSpec> options)
    {
        var arguments = Arguments.Read(words, options);
        return (Load(arguments), arguments);
    }

    private static LoadedSettings<AgentOptions> Load(Arguments arguments) => AgentSettings.Table.Load(new SettingsSources
    {
        File = arguments.Get(s_config.Flag),
        Environment = Environment.GetEnvironmentVariable,
        Flags = [.. arguments.Settings()],
    });

    private static IReadOnlyList<string> Messages(LoadedSettings<AgentOptions> loaded) => [.. loaded.Errors.Select(error => error.ToString())];

    /// <summary>Prints what is wrong; whether anything is.</summary>
    private static bool Tell(IReadOnlyList<string> faults)
    {
        foreach (var fault in faults)
            Console.Error.WriteLine($"fleet-agent: {fault}");
        return faults.Count > 0;
    }

    private static (AgentOptions Settings, Arguments Arguments, LoadedSettings<AgentOptions> All)? Load(string[] words, IReadOnlyList<OptionSpec> options)
    {
        var (loaded, arguments) = Read(words, options);
        return Tell([.. arguments.Faults, .. Messages(loaded)]) ? null : (loaded.Options, arguments, loaded);
    }

    private static Enrollment? FindIdentity(StateDirectory state, AgentOptions settings)
    {
        try
        {
            if (new IdentityStore(state.Path).Exists && new EnrollmentFile(state.Path).Read() is { AgentId: not null } enrollment)
                return enrollment with { Controller = settings.Controller ?? enrollment.Controller, Proxy = settings.Proxy.Resolve(enrollment.Proxy) };
            Console.Error.WriteLine($"fleet-agent: this host is not enrolled (nothing in {state.Path}): use `fleet-agent enroll --controller HOST --token TOKEN`");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"fleet-agent: {e.Message}");
        }

        return null;
    }

    private static bool IsBoundHere(StateDirectory state)
    {
        try
        {
            if (new MachineBinding(state, MachineId.Hash(new HostFiles())).TryBind(out var fault))
                return true;
            Console.Error.WriteLine($"fleet-agent: {fault}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"fleet-agent: {e.Message}");
        }

        return false;
    }

    private static IDisposable? Take(StateDirectory state)
    {
        try
        {
            state.Create();
            if (state.TryLock() is { } held)
                return held;
            Console.Error.WriteLine($"fleet-agent: another agent runs with {state.Path}: stop it, or give --state another directory");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"fleet-agent: the state directory {state.Path} cannot be used: {e.Message}");
        }

        return null;
    }

    [LoggerMessage(5910, LogLevel.Critical, "The agent failed")]
    private static partial void LogFailed(ILogger log, Exception e);

    [LoggerMessage(5920, LogLevel.Warning, "Log level is now {Level}")]
    private static partial void LogLevelChanged(ILogger logger, LogLevel level);
}
