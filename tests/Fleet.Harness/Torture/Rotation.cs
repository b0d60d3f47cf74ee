using System.Globalization;

namespace Fleet.Harness.Torture;

/// <summary>The ways in which logs are rotated.</summary>
internal static class Rotation
{
    /// <summary>Moves numbers up; the oldest is removed.</summary>
    public static void MoveUp(string log, int keep, Func<int, string>? nameOf = null)
    {
        foreach (var suffix in new[] { "", ".gz", ".xz", ".zst", ".bz2" })
        {
            for (var number = keep; number >= 1; number--)
            {
                var name = (nameOf is null ? $"{log}.{number}" : nameOf(number)) + suffix;
                if (!File.Exists(name))
                    continue;
                if (number == keep)
                    File.Delete(name);
                else
                    File.Move(name, (nameOf is null ? $"{log}.{number + 1}" : nameOf(number + 1)) + suffix, overwrite: true);
            }
        }
    }

    /// <summary>The live file gets a name; the writer reopens its log.</summary>
    public static async Task RenameAsync(TorturedLog log, string name, TimeSpan late)
    {
        if (!File.Exists(log.Path))
            return;
        File.Move(log.Path, name, overwrite: true);
        await TorturedLog.WaitAsync(late, CancellationToken.None);
        log.Reopen();
    }

    /// <summary>Waits until the writer writes to another file, as those do that are told to reopen theirs.</summary>
    public static async Task ReopenedAsync(TorturedLog log, CancellationToken stop)
    {
        while (!File.Exists(log.Path) && !stop.IsCancellationRequested)
            await TorturedLog.WaitAsync(TimeSpan.FromMilliseconds(20), stop);
        // What was written until just now went to the old one.
        var before = log.Count;
        while (log.Count < before + 1 && !stop.IsCancellationRequested)
            await TorturedLog.WaitAsync(TimeSpan.FromMilliseconds(20), stop);
    }

    /// <summary>Packs a file with a program.</summary>
    public static async Task PackAsync(string program, string path)
    {
        if (!File.Exists(path))
            return;
        string[] options = program == "zstd" ? ["-q", "--rm", "-f", path] : ["-1", "-f", path];
        await OneShot.RunAsync(program, options);
    }

    /// <summary>Copies a file byte by byte, as cp(1).</summary>
    public static Task CopyAsync(string from, string to) => OneShot.RunAsync("cp", [from, to]);

    /// <summary>Cuts the live file where it is.</summary>
    public static void Cut(TorturedLog log)
    {
        using (var file = Native.OpenToWrite(log.Path, appends: false))
            RandomAccess.SetLength(file, 0);
        log.NoteCut();
    }

    /// <summary>Points a symbolic link somewhere else, at once.</summary>
    public static void PointTo(string link, string target)
    {
        File.CreateSymbolicLink(link + ".new~", target);
        File.Move(link + ".new~", link, overwrite: true);
    }

    /// <summary>A date with a time, each one younger than the one before.</summary>
    public static string Date(string form) => TimeProvider.System.GetUtcNow().ToString(form, CultureInfo.InvariantCulture);
}
