namespace Fleet.Packaging.Tests;

/// <summary>The scripts in the shells that hosts have, and before the eyes of shellcheck.</summary>
public sealed class ShellTests
{
    [ToolFact("shellcheck")]
    public async Task Shellcheck_finds_nothing()
    {
        foreach (var (shell, files) in new (string, string[])[]
        {
            ("sh", ["tarball/install.sh", "tarball/uninstall.sh", .. Maintainers("fleet-agent"), .. Maintainers("fleet-controller")]),
            ("bash", ["package", "prerequisites", "publish", "lint", "reproduce", "container/try", "arm64/try"]),
        })
        {
            var said = await Shell.RunAsync("shellcheck", ["-s", shell, "-S", "style", .. files.Select(file => Path.Combine("installers", file))]);
            said.Text.ShouldBe("");
        }
    }

    [SandboxFact("busybox")]
    public async Task On_a_host_without_glibc_and_systemd_every_shell_says_why_and_changes_nothing()
    {
        // As small as a container of Alpine's: busybox is all there is.
        var root = Directory.CreateTempSubdirectory("fleet-musl-");
        try
        {
            var bin = root.CreateSubdirectory("bin").FullName;
            var busybox = (await Shell.DoAsync("sh", "-c", "command -v busybox")).Trim();
            File.Copy(busybox, Path.Combine(bin, "busybox"));
            // Debian has it with and without libraries.
            await Shell.RunAsync("sh", ["-c", $"ldd {busybox} | grep -o '/[^ ]*' | xargs -r -I LIB install -D LIB {root.FullName}/LIB"]);
            File.Copy(Repository.At("installers/tarball/install.sh"), Path.Combine(root.FullName, "install.sh"));
            await Shell.DoAsync("chroot", root.FullName, "/bin/busybox", "--install", "-s", "/bin");
            root.CreateSubdirectory("tmp");
            root.CreateSubdirectory("dev");
            await Shell.DoAsync("chroot", root.FullName, "/bin/mknod", "/dev/null", "c", "1", "3");

            await ShouldRefuseAsync(root, "systemd does not run here");

            root.CreateSubdirectory("run/systemd/system");
            var before = Entries(root);
            await ShouldRefuseAsync(root, "this host has no glibc");
            Entries(root).ShouldBe(before);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task ShouldRefuseAsync(DirectoryInfo root, string why)
    {
        // As the line does it: the script comes from curl, through a pipe.
        var refused = await Shell.RunAsync("chroot", [root.FullName, "/bin/sh", "-c", "cat /install.sh | sh -s -- --token fleet1.a.x"]);
        refused.ExitCode.ShouldBe(1, refused.Text);
        refused.Text.ShouldStartWith($"fleet: not installed, nothing was changed: {why}");
    }

    private static List<string> Entries(DirectoryInfo root) => [.. root.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(entry => entry.FullName).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Maintainers(string package) => ((string[])["postinst", "postrm", "prerm"]).Select(script => $"deb/{package}/{script}");
}
