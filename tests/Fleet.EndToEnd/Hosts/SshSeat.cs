using Fleet.Harness;
using Fleet.Hosts;

namespace Fleet.EndToEnd.Hosts;

/// <summary>An operator's ssh: a key of its own and a configuration of its own, so that this machine's are neither used nor changed.</summary>
internal sealed class SshSeat : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-ssh-").FullName;

    /// <summary>What stands behind `--`: new hosts' keys are taken at their first contact.</summary>
    public IReadOnlyList<string> Options => ["--", "-F", ConfigOf("accept-new")];

    /// <summary>The same, for an operator who wants to know every host's key before.</summary>
    public IReadOnlyList<string> StrictOptions => ["--", "-F", ConfigOf("yes")];

    /// <summary>Makes the key.</summary>
    public static async Task<SshSeat> CreateAsync()
    {
        var seat = new SshSeat();
        var made = await OneShot.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", seat.Key]);
        return made.ExitCode == 0 ? seat : throw new InvalidOperationException($"No key: {made}");
    }

    private string Key => Path.Combine(_directory, "key");

    /// <summary>Makes a user on a host and lets the key in.</summary>
    public async Task LetInAsync(TestHost host, string user)
    {
        var key = (await File.ReadAllTextAsync(Key + ".pub")).Trim();
        await host.ShellAsync(
            $"id {user} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash {user}; home=$(getent passwd {user} | cut -d: -f6)"
            + $" && install -d -m 700 -o {user} $home/.ssh && echo '{key}' >$home/.ssh/authorized_keys && chown {user} $home/.ssh/authorized_keys");
    }

    /// <summary>Writes an inventory; its path.</summary>
    public string WriteInventory(string text)
    {
        var file = Path.Combine(_directory, "hosts.ini");
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string ConfigOf(string checking)
    {
        var file = Path.Combine(_directory, checking);
        File.WriteAllText(file, $"""
            IdentityFile {Key}
            IdentitiesOnly yes
            IdentityAgent none
            StrictHostKeyChecking {checking}
            UserKnownHostsFile {Path.Combine(_directory, "known-" + checking)}
            GlobalKnownHostsFile /dev/null

            """);
        return file;
    }
}
