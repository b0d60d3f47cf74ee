using System.Diagnostics;

namespace Fleet.Packaging.Tests;

/// <summary>
/// A root directory of its own over this machine's: whatever is written goes to memory and is gone afterwards. Instead of systemd
/// a stand-in answers, which remembers what is enabled and what runs.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    // A machine with systemd, as far as the scripts can tell: /run/systemd/system and a systemctl.
    private const string Systemctl = """
        #!/bin/sh
        echo "$@" >> /var/log/systemctl.calls
        state=/run/stand-in; mkdir -p $state
        for word in "$@"; do case "$word" in --now) now=yes ;; --*) ;; *) set -- "$@" "$word"; esac; shift; done
        case "$1" in
        enable) touch $state/enabled ;;
        disable) rm -f $state/enabled $state/active ;;
        start | restart) touch $state/active ;;
        stop) rm -f $state/active ;;
        is-enabled) test -e $state/enabled ;;
        is-active) test -e $state/active ;;
        esac
        """;

    private const string Overlay = """
        mount -t tmpfs tmpfs /mnt && mkdir /mnt/upper /mnt/work /mnt/root && mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work overlay /mnt/root
        """;

    private static readonly string[] s_unshare = ["--mount", "--propagation", "private", "sh"];
    private static readonly Lazy<bool> s_isPossible = new(TryOverlay);

    /// <summary>Whether this machine allows it: not in a container without privileges, for one.</summary>
    public static bool IsPossible => s_isPossible.Value;

    /// <summary>Lists, inside, the files written since /sandbox was touched, from what lies over the machine's own root; not logs.</summary>
    public const string ListChanges =
        "(cd /run/changed && find . -type f -newer sandbox ! -path './tmp/*' ! -path './var/log/*' | sed 's/^.//' | sort)";

    /// <summary>Files for the sandbox; it sees them under the same path.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("fleet-sandbox-").FullName;

    /// <summary>Runs a script in a fresh root.</summary>
    /// <param name="script">For sh, as root.</param>
    /// <param name="hasSystemd">Whether the stand-in for systemd is there.</param>
    public async Task<ShellResult> RunAsync(string script, bool hasSystemd = false)
    {
        var inside = Path.Combine(Directory, "inside.sh");
        await File.WriteAllTextAsync(inside, script.ReplaceLineEndings("\n"));
        await File.WriteAllTextAsync(Path.Combine(Directory, "systemctl"), Systemctl.ReplaceLineEndings("\n"));
        await File.WriteAllTextAsync(Path.Combine(Directory, "outside.sh"), $"""
            set -e
            {Overlay}
            cd /mnt/root
            mount --rbind /dev dev
            mount --rbind /proc proc
            mount --rbind {Directory} .{Directory}
            mount -t tmpfs tmpfs run
            mkdir run/changed
            mount --bind /mnt/upper run/changed
            touch sandbox
            {(hasSystemd ? $"mkdir -p run/systemd/system usr/lib/systemd/system; install -m 755 {Directory}/systemctl usr/bin/systemctl" : "true")}
            exec chroot . sh {inside}
            """.ReplaceLineEndings("\n"));
        return await Shell.RunAsync("unshare", [.. s_unshare, Path.Combine(Directory, "outside.sh")]);
    }

    private static bool TryOverlay()
    {
        if (!Environment.IsPrivilegedProcess || !Shell.Has("unshare"))
            return false;
        using var tried = Process.Start(new ProcessStartInfo("unshare", [.. s_unshare, "-c", Overlay]) { RedirectStandardError = true })!;
        return tried.WaitForExit(TimeSpan.FromSeconds(10)) && tried.ExitCode == 0;
    }

    /// <inheritdoc/>
    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
