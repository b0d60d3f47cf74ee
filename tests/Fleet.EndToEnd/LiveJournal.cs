using System.Diagnostics;
using System.Globalization;

namespace Fleet.EndToEnd;

/// <summary>A journal that is written to while it is read, by systemd's own writer (systemd-journal-remote).</summary>
internal sealed class LiveJournal : IAsyncDisposable
{
    private readonly Process _writer;
    private long _entries;

    /// <param name="program">systemd-journal-remote.</param>
    /// <param name="directory">Where the journal is to be.</param>
    public LiveJournal(string program, string directory)
    {
        Directory = directory;
        System.IO.Directory.CreateDirectory(directory);
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in (string[])["--split-mode=none", "--output", Path.Combine(directory, "system.journal"), "-"])
            start.ArgumentList.Add(word);
        _writer = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        _writer.OutputDataReceived += (_, _) => { };
        _writer.ErrorDataReceived += (_, _) => { };
        _writer.BeginOutputReadLine();
        _writer.BeginErrorReadLine();
    }

    /// <summary>Where it is.</summary>
    public string Directory { get; }

    /// <summary>Writes an entry, in the journal's export format.</summary>
    public async Task WriteAsync(string unit, string message)
    {
        var time = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await _writer.StandardInput.WriteAsync(string.Create(CultureInfo.InvariantCulture,
            $"__REALTIME_TIMESTAMP={time}\n__MONOTONIC_TIMESTAMP={++_entries * 1000}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n_SYSTEMD_UNIT={unit}\nPRIORITY=6\nMESSAGE={message}\n\n"));
        await _writer.StandardInput.FlushAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _writer.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _writer.WaitForExitAsync(limit.Token);
        _writer.Dispose();
    }
}
