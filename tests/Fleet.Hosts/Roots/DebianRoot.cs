using System.Security.Cryptography;
using System.Text;
using Fleet.Harness;
using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Roots;

/// <summary>The Debian that all hosts start from: made once by debootstrap (about a minute), then kept on this machine and only read.</summary>
/// <remarks>
/// It lies in $XDG_CACHE_HOME, or /var/cache, below <c>fleet-hosts</c>; the name holds a digest of what goes into it, so that other
/// packages make another root. Removing the directory is safe while no test runs.
/// </remarks>
internal static class DebianRoot
{
    private const string Release = "bookworm";

    // What a small server has, and what tests ask of it.
    private static readonly string[] Packages =
        ["systemd", "systemd-sysv", "dbus", "logrotate", "iproute2", "procps", "curl", "ca-certificates", "openssl", "openssh-server", "sudo"];

    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(8);

    /// <summary>The root, made now where it is not there yet.</summary>
    /// <exception cref="InvalidOperationException">It cannot be made; the message says why.</exception>
    internal static async Task<string> EnsureAsync()
    {
        var root = Path.Combine(Cache(), $"{Release}-{Digest()}");
        if (Directory.Exists(root))
            return root;
        Directory.CreateDirectory(Cache());
        await using var turn = await TakeTurnAsync();
        if (Directory.Exists(root))
            return root;

        // Made under another name and moved when it is whole: a build that was cut short is never taken for a root.
        foreach (var broken in Directory.EnumerateDirectories(Cache(), "making-*"))
            Directory.Delete(broken, recursive: true);
        var making = Path.Combine(Cache(), $"making-{Guid.NewGuid():n}");
        await BuildAsync(making);
        Directory.Move(making, root);
        return root;
    }

    private static string Cache() => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home ? home : "/var/cache", "fleet-hosts");

    private static async Task BuildAsync(string directory)
    {
        List<string> arguments = ["--variant=minbase", $"--include={string.Join(',', Packages)}", Release, directory];
        if (await MirrorAsync() is { } mirror)
            arguments.Add(mirror);

        // What it mounts is seen by nobody else, and gone when it ends, whatever ends it.
        var result = await OneShot.RunAsync("unshare", ["--mount", "debootstrap", .. arguments], limit: BuildLimit);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"debootstrap ended with {result.ExitCode}: {LastLines(result.Stdout + result.Stderr)}");
        foreach (var archive in Directory.EnumerateFiles(directory + "/var/cache/apt/archives", "*.deb"))
            File.Delete(archive);
    }

    /// <summary>Where this machine itself gets its packages; null leaves the choice to debootstrap.</summary>
    private static async Task<string?> MirrorAsync()
    {
        var result = await Tool.TryAsync("apt-get", "indextargets", "--format", "$(CODENAME) $(REPO_URI)", "Created-By: Packages");
        return result.Stdout.Split('\n')
            .Select(line => line.Split(' '))
            .FirstOrDefault(words => words is [Release, _])?[1];
    }

    /// <summary>One process at a time builds; the lock goes with its holder, however that ends.</summary>
    private static async Task<FileStream> TakeTurnAsync()
    {
        FileStream? turn = null;
        await Patience.UntilAsync(
            "the turn to make the Debian root",
            () =>
            {
                try
                {
                    turn = new FileStream(Path.Combine(Cache(), "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                    return true;
                }
                catch (IOException)
                {
                    return false;
                }
            },
            BuildLimit);
        return turn!;
    }

    private static string Digest()
    {
        var recipe = string.Join('\n', Packages.Prepend(Release));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(recipe)))[..12];
    }

    private static string LastLines(string text) => string.Join(" | ", text.TrimEnd().Split('\n').TakeLast(3));
}
