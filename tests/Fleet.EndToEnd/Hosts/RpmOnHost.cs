using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>This machine's rpm on a host that has none, with a database of its own, so that .rpm packages can be tried there.</summary>
/// <remarks>Dependencies are not looked at: the host is a Debian. What is tried is what the packages' own scripts do to systemd.</remarks>
internal sealed class RpmOnHost(TestHost host)
{
    private const string Place = "/root/rpm";

    /// <summary>Puts it there.</summary>
    public async Task PutAsync()
    {
        var linked = await OneShot.RunAsync("sh", ["-c", "rpm=$(command -v rpm) && echo $rpm && ldd $rpm"]);
        linked.ExitCode.ShouldBe(0, linked.ToString());
        var lines = linked.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        host.CopyIn(lines[0], $"{Place}/rpm", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        // "	librpm.so.9 => /lib/x86_64-linux-gnu/librpm.so.9 (0x00007f...)"; those that the host has stay the host's.
        foreach (var library in lines.Skip(1).Select(line => line.Split(" => ")).Where(parts => parts.Length == 2).Select(parts => parts[1].Split(' ')[0]))
        {
            if ((await host.ExecAsync("test", "-e", library)).ExitCode != 0)
                host.CopyIn(library, $"{Place}/lib/{Path.GetFileName(library)}");
        }

        foreach (var file in Directory.EnumerateFiles("/usr/lib/rpm").Where(file => Path.GetFileName(file) is "macros" or "rpmrc"))
            host.CopyIn(file, $"{Place}/config/{Path.GetFileName(file)}");
    }

    /// <summary>Runs it; what it printed.</summary>
    /// <param name="words">Its arguments; words that need no quotes. What changes packages takes <c>--nodeps</c>.</param>
    public Task<string> RunAsync(string words) =>
        host.ShellAsync($"exec 2>&1; LD_LIBRARY_PATH={Place}/lib RPM_CONFIGDIR={Place}/config {Place}/rpm --dbpath {Place}/db {words}");

    /// <summary>Takes it away where it is there, and first a package, where that is there.</summary>
    public async Task RemoveAsync(string package)
    {
        if ((await host.ExecAsync("test", "-x", $"{Place}/rpm")).ExitCode == 0)
            await RunAsync($"-e --nodeps {package} || true");
        await host.ShellAsync($"rm -rf {Place}");
    }
}
