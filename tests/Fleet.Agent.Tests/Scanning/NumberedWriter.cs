using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.Agent.Execution.Native;
using Microsoft.Win32.SafeHandles;

namespace Fleet.Agent.Tests.Scanning;

/// <summary>Writes numbered lines to a log as fast as it can, each with one write(2), as services do.</summary>
internal sealed partial class NumberedWriter(string path, int lines) : IAsyncDisposable
{
    private readonly long[] _writtenUs = new long[lines];
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _reopen;
    private int _written;
    private Task _writing = Task.CompletedTask;

    /// <summary>A file whose appearance tells it to reopen its log, as a signal would.</summary>
    public string? Signal { get; init; }

    /// <summary>Between two lines; zero: none.</summary>
    public TimeSpan Pause { get; init; }

    public int Written => Volatile.Read(ref _written);

    public bool IsDone => _writing.IsCompleted;

    /// <summary>The number of a line; null where it is not a whole one.</summary>
    public static int? NumberOf(string text) => Whole().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : null;

    /// <summary>When a line was written, Unix microseconds.</summary>
    public long WrittenUs(int number) => _writtenUs[number];

    public void Start() => _writing = Task.Run(WriteAsync);

    /// <summary>As a service does when logrotate sends it a signal.</summary>
    public void Reopen() => _reopen = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing.WaitAsync(TimeSpan.FromSeconds(30));
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        var file = Open();
        try
        {
            for (var number = 0; number < lines && !_stop.IsCancellationRequested; number++)
            {
                if (_reopen || File.Exists(Signal))
                {
                    _reopen = false;
                    if (Signal is not null)
                        File.Delete(Signal);
                    await file.DisposeAsync();
                    file = Open();
                }

                _writtenUs[number] = (Now() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                file.Write(Encoding.ASCII.GetBytes($"hit {number:d8} {new string('x', number % 60)}.\n"));
                Volatile.Write(ref _written, number + 1);
                if (Pause > TimeSpan.Zero && number % 10 == 0)
                    await Task.Delay(Pause);
            }
        }
        finally
        {
            await file.DisposeAsync();
        }
    }

    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();

    // O_APPEND, which FileMode.Append is not: after a cut the next line stands at the file's beginning.
    private FileStream Open()
    {
        const int WriteAppendCreate = 0x1 | 0x400 | 0x40;
        var file = new SafeFileHandle(Libc.Open(path, WriteAppendCreate | Libc.OpenCloseOnExec, 0x1A4), ownsHandle: true);
        file.IsInvalid.ShouldBeFalse();
        return new FileStream(file, FileAccess.Write, 0);
    }

    [GeneratedRegex(@"^hit (\d{8}) x*\.$")]
    private static partial Regex Whole();
}
