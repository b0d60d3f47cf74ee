using System.Globalization;
using System.Text.Json;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identifiers;

namespace Fleet.Agent.Upgrading;

/// <summary>Keeps the <see cref="Selection"/>, in a small JSON file among the versions.</summary>
/// <remarks>
/// Installed program, guard and agent read and change it, of whatever versions they are: fields are added, never changed. Whoever
/// changes it holds the lock; what was written is on the disk before anybody acts on it.
/// </remarks>
internal sealed class SelectionFile(VersionStore shelf, TimeProvider time)
{
    private static readonly TimeSpan s_lockLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_lockPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(shelf.Directory, "selection.json");

    /// <summary>Whether there was ever a selection.</summary>
    public bool Exists => File.Exists(Path);

    /// <summary>Reads it.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public Selection Read()
    {
        if (!Exists)
            return Selection.None;
        var faults = new List<SettingError>();
        var values = SettingsFile.Read(File.ReadAllBytes(Path), Path, faults).ToDictionary(v => v.Key, v => v.Text);
        if (faults.Count > 0)
            throw new InvalidDataException($"{Path} is damaged: {faults[0]}");
        string Text(string key) => values.GetValueOrDefault(key, "");
        long Number(string key) => long.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return new Selection
        {
            Installed = Text("installed"),
            Current = Text("current"),
            Previous = Text("previous"),
            Trial = TaskId.TryParse(Text("trial_task"), out var ordered)
                ? new Trial(Text("trial"), Text("trial_version"), Text("trial_from"), ordered, TimeSpan.FromMilliseconds(Number("trial_health_ms")), (int)Number("trial_starts"))
                {
                    Since = Text("trial_boot") is { Length: > 0 } boot ? new HostMoment(boot, TimeSpan.FromMilliseconds(Number("trial_since_ms"))) : null,
                }
                : null,
            Verdict = TaskId.TryParse(Text("verdict_task"), out var judged) ? new Verdict(judged, Text("verdict") == "upgraded", Text("verdict_reason")) : null,
        };
    }

    /// <summary>Changes it, alone; what it is now. Where the change is null nothing is written.</summary>
    /// <exception cref="IOException">It cannot be written, or somebody does not let go of it.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public async Task<Selection> ChangeAsync(Func<Selection, Selection?> change, CancellationToken cancellationToken)
    {
        shelf.Create();
        using var held = await LockAsync(cancellationToken);
        var before = Read();
        if (change(before) is not { } after || after == before)
            return before;
        Write(after);
        return after;
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(System.IO.Path.Combine(shelf.Directory, "lock"), new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    BufferSize = 0,
                });
            }
            catch (IOException) when (time.GetElapsedTime(started) < s_lockLimit)
            {
                await Task.Delay(s_lockPoll, time, cancellationToken);
            }
        }
    }

    private void Write(Selection selection)
    {
        var temporary = Path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
                Write(json, selection);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, Path, overwrite: true);
        DurableName.Keep(Path);
    }

    private static void Write(Utf8JsonWriter json, Selection selection)
    {
        json.WriteStartObject();
        json.WriteString("installed", selection.Installed);
        json.WriteString("current", selection.Current);
        json.WriteString("previous", selection.Previous);
        if (selection.Trial is { } trial)
        {
            json.WriteString("trial", trial.Id);
            json.WriteString("trial_version", trial.Version);
            json.WriteString("trial_from", trial.From);
            json.WriteString("trial_task", trial.TaskId.ToString());
            json.WriteNumber("trial_health_ms", (long)trial.HealthTimeout.TotalMilliseconds);
            json.WriteNumber("trial_starts", trial.Starts);
            if (trial.Since is { } since)
            {
                json.WriteString("trial_boot", since.Boot);
                json.WriteNumber("trial_since_ms", (long)since.Uptime.TotalMilliseconds);
            }
        }

        if (selection.Verdict is { } verdict)
        {
            json.WriteString("verdict", verdict.IsUpgraded ? "upgraded" : "rolled back");
            json.WriteString("verdict_task", verdict.TaskId.ToString());
            json.WriteString("verdict_reason", verdict.Reason);
        }

        json.WriteEndObject();
    }
}
