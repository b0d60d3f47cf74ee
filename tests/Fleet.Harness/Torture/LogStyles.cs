using System.Globalization;

namespace Fleet.Harness.Torture;

/// <summary>All styles of rotation under which logs are tortured.</summary>
internal static class LogStyles
{
    private const int Keep = 6;

    public static IEnumerable<LogStyle> All =>
    [
        // Renamed, by numbers and by dates.
        new("rename", run => Numbered(run, TimeSpan.Zero)),
        new("rename-late", run => Numbered(run, run.UpTo(1.5))),
        new("rename-windows", run => Numbered(run, TimeSpan.Zero)) { Kind = LineKind.WindowsEnds },
        new("rename-nuls", run => Numbered(run, TimeSpan.Zero)) { Kind = LineKind.Nuls },
        new("rename-bad-utf8", run => Numbered(run, TimeSpan.Zero)) { Kind = LineKind.BadUtf8 },
        new("rename-huge", run => Numbered(run, TimeSpan.Zero)) { Kind = LineKind.Huge },
        new("rename-halves", run => Numbered(run, TimeSpan.Zero)) { Halves = true },
        new("rename-lazy", run => Numbered(run, TimeSpan.Zero)) { OpensEachTime = true },
        new("rename-fast", run => Numbered(run, TimeSpan.Zero)) { Every = (0.3, 1) },
        new("rename-keep-1", run => Numbered(run, TimeSpan.Zero, keep: 1)) { OpensEachTime = true },
        new("dateext", run => Rotation.RenameAsync(run.Log, $"{run.Path}-{Rotation.Date("yyyyMMddHHmmss")}", TimeSpan.Zero)),
        new("dateext-dashed", run => Rotation.RenameAsync(run.Log, $"{run.Path}-{Rotation.Date("yyyy-MM-ddTHH-mm-ss")}", run.UpTo(0.3))),
        new("archived", ArchivedAsync),
        // Packed at once, and one rotation later.
        new("gzip", run => PackedAsync(run, "gzip")) { Needs = ["gzip"] },
        new("xz", run => PackedAsync(run, "xz")) { Needs = ["xz"] },
        new("zstd", run => PackedAsync(run, "zstd")) { Needs = ["zstd"] },
        new("bzip2", run => PackedAsync(run, "bzip2")) { Needs = ["bzip2"] },
        new("gzip-delayed", run => PackedLaterAsync(run, "gzip")) { Needs = ["gzip"] },
        new("xz-delayed", run => PackedLaterAsync(run, "xz")) { Needs = ["xz"] },
        new("zstd-delayed", run => PackedLaterAsync(run, "zstd")) { Needs = ["zstd"] },
        // The real logrotate.
        new("logrotate-create", run => LogrotateAsync(run, "create")) { IsSignalled = true, Needs = ["logrotate"] },
        new("logrotate-compress", run => LogrotateAsync(run, "create\n  compress")) { IsSignalled = true, Needs = ["logrotate"] },
        new("logrotate-delaycompress", run => LogrotateAsync(run, "create\n  compress\n  delaycompress")) { IsSignalled = true, Needs = ["logrotate"] },
        new("logrotate-xz", run => LogrotateAsync(run, "create\n  compress\n  compresscmd /usr/bin/xz\n  compressext .xz")) { IsSignalled = true, Needs = ["logrotate", "xz"] },
        new("logrotate-dateext", run => LogrotateAsync(run, "create\n  dateext\n  dateformat -%Y%m%d-%s")) { IsSignalled = true, Needs = ["logrotate"] },
        new("logrotate-copytruncate", run => LogrotateAsync(run, "copytruncate", cuts: true)) { Needs = ["logrotate"] },
        new("logrotate-copytruncate-gz", run => LogrotateAsync(run, "copytruncate\n  compress", cuts: true)) { Needs = ["logrotate"] },
        // Copied and cut, or only cut.
        new("copytruncate", CopiedAsync),
        new("copytruncate-hole", CopiedAsync) { Appends = false },
        new("truncated", run => Task.Run(() => Rotation.Cut(run.Log))) { Every = (4, 10) },
        // Other ways of getting another file.
        new("hard-link", HardLinkAsync),
        new("symbolic-link", run => SwitchAsync(run, removes: false)) { Live = "cur", OpensEachTime = true, Prepare = WithTarget },
        new("symbolic-link-removed", run => SwitchAsync(run, removes: true)) { Live = "cur", OpensEachTime = true, Prepare = WithTarget },
        new("removed-and-created", RemovedAsync) { OpensEachTime = true, Every = (3, 8) },
        new("mixed", MixedAsync) { OpensEachTime = true },
        // Names that the scan's glob matches itself.
        new("glob-numbers", GlobNumbersAsync) { Glob = "*.log" },
        new("glob-dates", run => Rotation.RenameAsync(run.Log, run.In($"app-{Rotation.Date("yyyy-MM-dd.HHmmss.ff")}.log"), TimeSpan.Zero)) { Glob = "*.log" },
        // What is changed, hidden or closed for a while.
        new("first-line-changed", FirstLineAsync) { HasHeader = true },
        new("directory-away", AwayAsync),
        new("permission-lost", ClosedAsync),
        new("other-file-system", run => Numbered(run, TimeSpan.Zero)) { Prepare = OnSharedMemory, Leave = Remove },
        new("full-disk", run => Numbered(run, TimeSpan.Zero, keep: 2)) { Prepare = OnSmallDisk, Leave = Unmount },
    ];

    private static async Task Numbered(StyleRun run, TimeSpan late, int keep = Keep)
    {
        Rotation.MoveUp(run.Path, keep);
        await Rotation.RenameAsync(run.Log, run.Path + ".1", late);
    }

    private static Task ArchivedAsync(StyleRun run)
    {
        Directory.CreateDirectory(run.In("archive"));
        foreach (var old in Directory.GetFiles(run.In("archive")).Order(StringComparer.Ordinal).SkipLast(3))
            File.Delete(old);
        return Rotation.RenameAsync(run.Log, run.In($"archive/app.{Rotation.Date("yyyyMMddHHmmssfff")}"), TimeSpan.Zero);
    }

    private static async Task PackedAsync(StyleRun run, string program)
    {
        await Numbered(run, run.UpTo(0.05));
        await Rotation.ReopenedAsync(run.Log, run.Stop);
        await Rotation.PackAsync(program, run.Path + ".1");
    }

    private static async Task PackedLaterAsync(StyleRun run, string program)
    {
        await Numbered(run, run.UpTo(0.3));
        await Rotation.ReopenedAsync(run.Log, run.Stop);
        await Rotation.PackAsync(program, run.Path + ".2");
    }

    private static async Task LogrotateAsync(StyleRun run, string mode, bool cuts = false)
    {
        var settings = run.In("logrotate.conf");
        if (!File.Exists(settings))
        {
            await File.WriteAllTextAsync(settings, $$"""
                {{run.Path}} {
                  rotate {{Keep}}
                  size 1
                  missingok
                  su root root
                  nomail
                  {{mode}}
                  postrotate
                    touch {{run.Log.Signal ?? run.In("rotated~")}}
                  endscript
                }

                """);
            File.SetUnixFileMode(settings, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        await OneShot.RunAsync("logrotate", ["-f", "-s", run.In("logrotate.state"), settings]);
        if (cuts)
            run.Log.NoteCut();
    }

    private static async Task CopiedAsync(StyleRun run)
    {
        Rotation.MoveUp(run.Path, Keep);
        await Rotation.CopyAsync(run.Path, run.Path + ".1");
        Rotation.Cut(run.Log);
    }

    private static Task HardLinkAsync(StyleRun run)
    {
        Rotation.MoveUp(run.Path, Keep);
        Native.Link(run.Path, run.Path + ".1");
        File.Delete(run.Path);
        run.Log.Reopen();
        return Task.CompletedTask;
    }

    private static string? WithTarget(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "f0"), "");
        Rotation.PointTo(Path.Combine(directory, "cur"), "f0");
        return directory;
    }

    private static Task SwitchAsync(StyleRun run, bool removes)
    {
        var number = run.Rotations;
        File.WriteAllText(run.In($"f{number}"), "");
        Rotation.PointTo(run.Path, $"f{number}");
        if (removes && number >= 2)
            File.Delete(run.In($"f{number - 2}"));
        return Task.CompletedTask;
    }

    private static Task RemovedAsync(StyleRun run)
    {
        File.Delete(run.Path);
        return Task.CompletedTask;
    }

    private static Task MixedAsync(StyleRun run) => run.Random.Next(3) == 0 ? RemovedAsync(run) : Numbered(run, TimeSpan.Zero);

    private static async Task GlobNumbersAsync(StyleRun run)
    {
        string NameOf(int number) => run.In(string.Create(CultureInfo.InvariantCulture, $"app.{number}.log"));
        Rotation.MoveUp(run.Path, Keep, NameOf);
        await Rotation.RenameAsync(run.Log, NameOf(1), TimeSpan.Zero);
    }

    private static async Task FirstLineAsync(StyleRun run)
    {
        if (run.Rotations % 3 == 0)
        {
            await Numbered(run, TimeSpan.Zero);
            return;
        }

        if (!File.Exists(run.Path))
            return;
        using var file = Native.OpenToWrite(run.Path, appends: false);
        if (RandomAccess.GetLength(file) > 0)
            RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{run.Rotations % 100:d2}")), 2);
    }

    private static async Task AwayAsync(StyleRun run)
    {
        if (run.Rotations % 3 == 0)
        {
            await Numbered(run, TimeSpan.Zero);
            return;
        }

        Directory.Move(run.Directory, run.Directory + ".away");
        await TorturedLog.WaitAsync(run.UpTo(6), CancellationToken.None);
        Directory.Move(run.Directory + ".away", run.Directory);
    }

    private static async Task ClosedAsync(StyleRun run)
    {
        if (run.Rotations % 3 == 0)
        {
            await Numbered(run, TimeSpan.Zero);
            return;
        }

        if (!File.Exists(run.Path))
            return;
        var mode = File.GetUnixFileMode(run.Path);
        File.SetUnixFileMode(run.Path, UnixFileMode.None);
        await TorturedLog.WaitAsync(run.UpTo(6), CancellationToken.None);
        File.SetUnixFileMode(run.Path, mode);
    }

    private static string? OnSharedMemory(string directory) =>
        Directory.Exists("/dev/shm") ? Directory.CreateDirectory($"/dev/shm/fleet-torture-{Guid.NewGuid():n}").FullName : null;

    private static void Remove(string directory) => Directory.Delete(directory, recursive: true);

    private static string? OnSmallDisk(string directory)
    {
        Directory.CreateDirectory(directory);
        return OneShot.RunAsync("mount", ["-t", "tmpfs", "-o", "size=48k", "tmpfs", directory]).GetAwaiter().GetResult().ExitCode == 0 ? directory : null;
    }

    private static void Unmount(string directory) => OneShot.RunAsync("umount", ["-l", directory]).GetAwaiter().GetResult();
}
