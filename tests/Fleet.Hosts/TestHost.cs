using System.Net;
using Fleet.Harness;
using Fleet.Hosts.Containers;
using Fleet.Hosts.Network;
using Fleet.Hosts.Snapshots;

namespace Fleet.Hosts;

/// <summary>One real host: it boots, runs commands, reboots by itself when told to, loses its network or its power.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private const int LongestName = 6;
    private static readonly TimeSpan RebootLimit = TimeSpan.FromSeconds(60);

    private readonly HostBirth _birth;
    private readonly Lock _gate = new();
    private Container? _container;
    private Task _life = Task.CompletedTask;
    private bool _isKilled;

    private TestHost(HostBirth birth) => _birth = birth;

    /// <summary>Its host name.</summary>
    public string Name => _birth.Name;

    /// <summary>Its address on the pool's bridge.</summary>
    public IPAddress Address => _birth.Address;

    /// <summary>How often it has come up.</summary>
    public int Boots { get; private set; }

    /// <summary>How long the last boot took, from power on to all services started.</summary>
    public TimeSpan BootTime { get; private set; }

    /// <summary>What it wrote to its console since its last boot.</summary>
    public string Console => _container?.Console ?? "";

    // systemd-nspawn(1): --network-bridge names the port after the machine.
    private string Port => $"vb-{_birth.Mark.Machine(Name)}";

    private string Root => _birth.Disk.Root;

    /// <summary>A new host, not switched on yet.</summary>
    internal static async Task<TestHost> PrepareAsync(HostBirth birth)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(birth.Name.Length, LongestName);
        await HostSetup.WriteAsync(birth);
        return new TestHost(birth);
    }

    /// <summary>Switches it on and waits until it is up.</summary>
    public async Task StartAsync()
    {
        await _life;
        _isKilled = false;
        var boots = Boots;
        _life = LiveAsync();
        await UntilBootAsync(boots + 1);
    }

    /// <summary>Runs a program on it, as root.</summary>
    public Task<CommandResult> ExecAsync(params string[] words) => ExecAsync(words, null);

    /// <summary>Runs a program on it, as root.</summary>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="input">What its standard input gets; null for nothing.</param>
    /// <param name="limit">The default is one minute.</param>
    public Task<CommandResult> ExecAsync(IReadOnlyList<string> words, string? input, TimeSpan? limit = null)
    {
        var leader = _container?.Leader ?? throw new InvalidOperationException($"{Name} is off.");
        return OneShot.RunAsync(
            "nsenter",
            [
                $"--target={leader}", "--all", "--", "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME=/root", "LANG=C.UTF-8", .. words,
            ],
            input: input,
            limit: limit);
    }

    /// <summary>Runs a shell line on it and insists that it succeeds; its standard output.</summary>
    public async Task<string> ShellAsync(string line)
    {
        var result = await ExecAsync("/bin/sh", "-c", line);
        return result.ExitCode == 0 ? result.Stdout : throw new InvalidOperationException($"{Name}: {line}: {result}");
    }

    /// <summary>Copies a file of this machine to it.</summary>
    public void CopyIn(string source, string destination, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = Root + destination;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(source, file, overwrite: true);
        File.SetUnixFileMode(file, mode);
    }

    /// <summary>Writes a file on it.</summary>
    public async Task WriteAsync(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Root + path)!);
        await File.WriteAllTextAsync(Root + path, content);
    }

    /// <summary>What its journal holds.</summary>
    /// <param name="options">Further options of journalctl(1).</param>
    public async Task<string> JournalAsync(params string[] options) =>
        (await ExecAsync(["journalctl", "--no-pager", "--quiet", "--output=short-precise", .. options])).Stdout;

    /// <summary>Reboots it in good order and waits until it is up again.</summary>
    public async Task RebootAsync()
    {
        var boots = Boots;
        await ExecAsync("systemctl", "reboot");
        await UntilBootAsync(boots + 1);
    }

    /// <summary>Waits until it has come up so many times.</summary>
    public Task UntilBootAsync(int boots) => Patience.UntilAsync(
        $"{Name} has come up {boots} times",
        async () =>
        {
            if (_life.IsFaulted || (_life.IsCompleted && Boots < boots))
                await _life; // Throws what became of it.
            return Boots >= boots;
        },
        RebootLimit,
        () => Console);

    /// <summary>Pulls the plug of its network: its port on the bridge goes down, connections hang.</summary>
    public Task CutNetworkAsync() => Bridge.SetPortAsync(Port, isUp: false);

    /// <summary>Puts the plug back.</summary>
    public Task RestoreNetworkAsync() => Bridge.SetPortAsync(Port, isUp: true);

    /// <summary>Lets no more than so much arrive at it, in bits a second; null lets everything through again.</summary>
    public Task SlowNetworkAsync(long? bitsPerSecond) => Bridge.LimitPortAsync(Port, bitsPerSecond);

    /// <summary>Shuts it down in good order.</summary>
    public async Task PowerOffAsync()
    {
        await ExecAsync("systemctl", "poweroff");
        await _life.WaitAsync(RebootLimit);
    }

    /// <summary>Cuts its power: everything on it ends at once. Its disk stays.</summary>
    public async Task KillAsync()
    {
        lock (_gate)
            _isKilled = true;
        await _birth.Mark.Cgroups.KillAsync(Name);
        await _life.WaitAsync(RebootLimit);
    }

    /// <summary>What differs on its disk, and what lies in /run, at this moment.</summary>
    public async Task<FileSystemSnapshot> SnapshotAsync()
    {
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await TreeReader.AddAsync(entries, _birth.Disk.Changes, "", _birth.LowerRoot);
        if (_container is { } container)
            await TreeReader.AddAsync(entries, $"/proc/{container.Leader}/root/run", "/run", null);
        return new FileSystemSnapshot(entries);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    /// <summary>Boots again and again until it is switched off.</summary>
    private async Task LiveAsync()
    {
        var plan = new ContainerPlan
        {
            Machine = _birth.Mark.Machine(Name),
            HostName = Name,
            Root = Root,
            Bridge = _birth.Bridge.Name,
            Cgroups = _birth.Mark.Cgroups.Open(Name),
            IsUnified = _birth.Cgroups == HostCgroups.Unified,
            ReadySocket = Path.Combine(_birth.Mark.Directory, Name + ".ready"),
            Shared = _birth.Shared,
        };
        bool again;
        do
        {
            // The kernel removes the last boot's port only when it has taken its network namespace apart.
            await Patience.UntilAsync($"the port {Port} is free", () => !Directory.Exists($"/sys/class/net/{Port}"));
            await using var container = await Container.BootAsync(plan);
            BootTime = container.BootTime;
            _container = container;
            Boots++;
            again = await container.WaitForRebootAsync();
            _container = null;
            lock (_gate)
                again &= !_isKilled;
        }
        while (again);
    }
}
