using System.Globalization;
using System.IO.Compression;
using Fleet.LogSearch.Files;

namespace Fleet.LogSearch.Tests.Scans;

/// <summary>A log that is written to and rotated, one change of the file system at a time, with dates of its own.</summary>
internal sealed class RotatedLog(string log, ManualTime time, Random random) : IDisposable
{
    private readonly Dictionary<ulong, (DateTimeOffset Born, DateTimeOffset Changed)> _dates = [];
    private readonly List<DateTimeOffset> _writtenAt = [];
    private FileStream? _writer;

    /// <summary>When each line was written; its index is its number.</summary>
    public IReadOnlyList<DateTimeOffset> WrittenAt => _writtenAt;

    /// <summary>What was done, for a failure's message.</summary>
    public List<string> Steps { get; } = [];

    /// <summary>A file's status with this log's dates.</summary>
    public FileStatus Dated(FileStatus status) => _dates.TryGetValue(status.Inode, out (DateTimeOffset Born, DateTimeOffset Changed) dates)
        ? status with { BornStamp = Stamp(dates.Born), ChangedStamp = Stamp(dates.Changed) } : status;

    public static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"hit {number:d5} of the log");

    public static int NumberOf(string line) => int.Parse(line.AsSpan(4, 5), CultureInfo.InvariantCulture);

    /// <summary>Some lines, as a service writes them that holds its log open.</summary>
    public void Write(int lines)
    {
        if (_writer is null)
        {
            bool isNew = !File.Exists(log);
            _writer = new FileStream(log, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 0);
            Note(_writer, isNew);
        }

        for (int i = 0; i < lines; i++)
        {
            _writer.Seek(0, SeekOrigin.End);
            _writer.Write(System.Text.Encoding.ASCII.GetBytes(Line(_writtenAt.Count) + "\n"));
            _writtenAt.Add(time.GetUtcNow());
        }

        Note(_writer, isNew: false);
        Steps.Add($"write up to {_writtenAt.Count}");
    }

    /// <summary>As logrotate with copytruncate: each change of the file system ends with a step.</summary>
    public IEnumerable<string> CopyAndTruncate(bool compress)
    {
        foreach (string step in MoveUp())
        {
            yield return step;
        }

        if (!File.Exists(log))
        {
            yield break;
        }

        using (FileStream from = Open(log, FileMode.Open), to = Open(log + ".1", FileMode.CreateNew))
        {
            Note(to, isNew: true);
            yield return "make an empty copy";
            for (int part = 0; part < 2; part++)
            {
                var bytes = new byte[part == 0 ? random.Next((int)from.Length + 1) : (int)(from.Length - from.Position)];
                from.ReadExactly(bytes);
                to.Write(bytes);
                Note(to, isNew: false);
                yield return "copy a part";
            }

            from.SetLength(0);
            Note(from, isNew: false);
            yield return "truncate";
        }

        foreach (string step in compress ? Pack(log + ".1") : [])
        {
            yield return step;
        }
    }

    /// <summary>As logrotate with create; the writer reopens its log some time later.</summary>
    public IEnumerable<string> Create(bool compress)
    {
        foreach (string step in MoveUp())
        {
            yield return step;
        }

        if (!File.Exists(log))
        {
            yield break;
        }

        File.Move(log, log + ".1");
        yield return "rename";
        if (random.Next(2) == 0)
        {
            using FileStream made = Open(log, FileMode.CreateNew);
            Note(made, isNew: true);
            yield return "create";
        }

        _writer?.Dispose();
        _writer = null;
        yield return "reopen";
        foreach (string step in compress ? Pack(log + ".1") : [])
        {
            yield return step;
        }
    }

    public void Dispose() => _writer?.Dispose();

    private IEnumerable<string> MoveUp()
    {
        for (int i = 40; i >= 1; i--)
        {
            foreach (string suffix in new[] { "", ".gz" })
            {
                if (File.Exists($"{log}.{i}{suffix}"))
                {
                    File.Move($"{log}.{i}{suffix}", $"{log}.{i + 1}{suffix}");
                    yield return $"move {i}{suffix} up";
                }
            }
        }
    }

    private IEnumerable<string> Pack(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using (FileStream from = Open(path, FileMode.Open), to = Open(path + ".gz", FileMode.CreateNew))
        {
            Note(to, isNew: true);
            yield return "make an empty packed file";
            var plain = new byte[from.Length];
            from.ReadExactly(plain);
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(plain);
            }

            int half = random.Next((int)packed.Length);
            to.Write(packed.GetBuffer(), 0, half);
            Note(to, isNew: false);
            yield return "pack a part";
            to.Write(packed.GetBuffer(), half, (int)packed.Length - half);
            // gzip(1) and logrotate(8) give it the time of what it holds.
            _dates[Number(to)] = (_dates[Number(to)].Born, _dates[Number(from)].Changed);
            yield return "pack the rest";
        }

        File.Delete(path);
        yield return "remove what was packed";
    }

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0);

    // The number of a file that is gone comes back: what is new is dated anew.
    private void Note(FileStream file, bool isNew)
    {
        ulong number = Number(file);
        DateTimeOffset now = time.GetUtcNow();
        _dates[number] = (isNew || !_dates.TryGetValue(number, out (DateTimeOffset Born, DateTimeOffset Changed) before) ? now : before.Born, now);
    }

    private static ulong Number(FileStream file) => FileStatus.Of($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}")!.Value.Inode;

    private static long Stamp(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
