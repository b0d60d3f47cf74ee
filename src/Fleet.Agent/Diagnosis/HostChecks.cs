using Fleet.Agent.Execution;
using Fleet.Agent.Journal;
using Fleet.Agent.Upgrading;

namespace Fleet.Agent.Diagnosis;

/// <summary>What the agent needs of its host.</summary>
internal sealed class HostChecks(StateDirectory state, AgentOptions settings, TimeProvider time)
{
    private const UnixFileMode NotForOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private static readonly string[] s_journals = ["/var/log/journal", "/run/log/journal"];

    /// <summary>Makes all of them.</summary>
    public async IAsyncEnumerable<Finding> RunAsync()
    {
        yield return Permissions();
        yield return Space();
        yield return OpenFiles();
        yield return Execution();
        yield return SystemJournal();
        await foreach (var finding in ServiceAsync())
            yield return finding;
    }

    private Finding Permissions()
    {
        var identity = Path.Combine(state.Path, "identity.pem");
        var isOpen = (File.GetUnixFileMode(identity) & NotForOthers) != 0 || (File.GetUnixFileMode(state.Path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0;
        return isOpen
            ? Finding.Bad("permissions", $"others can read or replace what is in {state.Path}", $"chmod 711 {state.Path}; chmod 600 {identity}; and consider enrolling this host again")
            : Finding.Good("permissions", $"{state.Path} is the agent's alone");
    }

    private Finding Space()
    {
        var bytes = DiskSpace.FreeBytes(state.Path);
        var free = DiskSpace.Text(bytes);
        if (DiskSpace.Condition(state.Path) is not null)
            return Finding.Bad("space", $"the disk is full: {free} are free for {state.Path}", "make room: until then tasks are rejected, and upgrades fail. The agent then continues");
        return bytes < 64L << 20
            ? Finding.Doubtful("space", $"{free} are free for {state.Path}", "make room: output of tasks is dropped, and tasks are rejected once it is full")
            : Finding.Good("space", $"{free} are free for {state.Path}");
    }

    private Finding OpenFiles()
    {
        var budget = LinkDiary.Read(state.Path) is { } link ? OpenFilesBudget.OfProcess(link.Process) : null;
        if (budget is null)
            return Finding.Good("open files", "no agent runs whose limit could be looked at");
        return budget.Condition(settings.MaxTasks) is { } few
            ? Finding.Doubtful("open files", few.Message, "put LimitNOFILE= into the unit, as the package's has it")
            : Finding.Good("open files", $"{budget.Limit} can be open, enough for {settings.MaxTasks} tasks at a time");
    }

    private Finding Execution()
    {
        // Mount point and options: fields 5 and 6 of proc_pid_mountinfo(5). The longest point that is above the directory holds it.
        var mount = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' '))
            .Where(fields => fields.Length > 5 && IsAbove(fields[4], state.Path))
            .MaxBy(fields => fields[4].Length);
        return mount is not null && mount[5].Split(',').Contains("noexec")
            ? Finding.Doubtful("upgrades", $"{mount[4]} is mounted noexec", "upgrades from the controller and scripts need programs there: mount it without, or set \"state\" to another place")
            : Finding.Good("upgrades", $"programs below {state.Path} can be run");
    }

    private static bool IsAbove(string point, string path) => point == "/" || path == point || path.StartsWith(point + "/", StringComparison.Ordinal);

    private static Finding SystemJournal()
    {
        try
        {
            var files = s_journals.Where(Directory.Exists).SelectMany(d => Directory.EnumerateFiles(d, "*.journal", SearchOption.AllDirectories)).ToList();
            foreach (var file in files.Take(1))
                File.OpenRead(file).Dispose();
            return files.Count > 0
                ? Finding.Good("journal", $"{files.Count} files of the system's journal can be read")
                : Finding.Doubtful("journal", "there is no journal of systemd's here", "fleet grep finds nothing in it on this host; log files can be searched all the same");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Finding.Doubtful("journal", $"the system's journal cannot be read: {e.Message}", "run the agent as root, or put its user into the group systemd-journal");
        }
    }

    private async IAsyncEnumerable<Finding> ServiceAsync()
    {
        if (!Supervision.HasSystemd)
        {
            yield return Finding.Doubtful("service", "systemd does not run here", "the agent is not restarted, it cannot be upgraded from the controller, and tasks have no limits");
            yield break;
        }

        var (exitCode, said) = await new ProgramTrial(time).RunAsync(
            ["/bin/systemctl", "show", "--property=LoadState,ActiveState,Restart,RestartPreventExitStatus,Delegate", Supervision.Unit], CancellationToken.None);
        if (exitCode != 0)
        {
            yield return Finding.Doubtful("service", $"systemd cannot be asked for {Supervision.Unit}: {said}", "run this as root");
            yield break;
        }

        var values = said.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
        string Value(string name) => values.GetValueOrDefault(name, "");
        yield return Value("LoadState") != "loaded" ? Finding.Doubtful("service", $"there is no {Supervision.Unit}", "install the package, or run install.sh")
            : Value("ActiveState") == "active" ? Finding.Good("service", $"{Supervision.Unit} is active")
            : Finding.Bad("service", $"{Supervision.Unit} is {Value("ActiveState")}", $"systemctl enable --now {Supervision.Unit}; journalctl -u {Supervision.Unit} says why it ended");
        if (Value("LoadState") != "loaded")
            yield break;
        yield return Value("Restart") == "always" && Value("RestartPreventExitStatus").Length == 0
            ? Finding.Good("restart", "systemd starts the agent again after every end")
            : Finding.Doubtful("restart", $"Restart={Value("Restart")}", "upgrades from the controller are refused: install the unit of this version, look for drop-ins (systemctl cat fleet-agent)");
        yield return Value("Delegate") == "yes"
            ? Finding.Good("cgroups", "systemd delegates: each task has a cgroup of its own")
            : Finding.Doubtful("cgroups", "systemd does not delegate", "tasks cannot be limited: put Delegate=yes into the unit");
    }
}
