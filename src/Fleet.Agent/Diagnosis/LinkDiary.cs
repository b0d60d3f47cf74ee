using System.Globalization;
using System.Text.Json;
using Fleet.Agent.Facts;
using Fleet.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Diagnosis;

/// <summary>How the running agent's link stands.</summary>
/// <param name="IsLinked">Whether there is one.</param>
/// <param name="Since">Since when it is up, or when it was last tried.</param>
/// <param name="Process">The agent's process.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="ControllerVersion">Of the last link; empty: there was none.</param>
/// <param name="Ahead">By how much this host's clock was ahead of the controller's when the last link was made.</param>
/// <param name="Losses">Why the last links ended, the newest first; each with its time.</param>
/// <param name="Failure">Why the last attempt to make one failed, with its time; empty: there was none since the last link.</param>
internal sealed record LinkEntry(
    bool IsLinked, DateTimeOffset Since, int Process, string Version, string ControllerVersion, TimeSpan Ahead, IReadOnlyList<string> Losses, string Failure = "");

/// <summary>Writes down how the link stands, for `fleet-agent status` and `doctor`, which are other processes.</summary>
internal sealed partial class LinkDiary(string stateDirectory, TimeProvider time, ILogger<LinkDiary> log)
{
    private const int MostLosses = 5;
    private LinkEntry _entry = new(false, default, Environment.ProcessId, AgentVersion.Text, "", TimeSpan.Zero, []);

    /// <summary>The controller has welcomed this agent.</summary>
    public void NoteLinked(string controllerVersion, DateTimeOffset controllerTime)
    {
        var now = time.GetUtcNow();
        Write(_entry with { IsLinked = true, Since = now, ControllerVersion = controllerVersion, Ahead = now - controllerTime, Failure = "" });
    }

    /// <summary>A link did not come about. Kept apart: a row of them would push out why the last link ended.</summary>
    public void NoteFailed(string reason)
    {
        var now = time.GetUtcNow();
        Write(_entry with { IsLinked = false, Since = now, Failure = $"{Stamp(now)}  {reason}" });
    }

    /// <summary>The link ended.</summary>
    public void NoteLost(string reason)
    {
        var now = time.GetUtcNow();
        Write(_entry with { IsLinked = false, Since = now, Losses = [.. _entry.Losses.Prepend($"{Stamp(now)}  {reason}").Take(MostLosses)] });
    }

    /// <summary>What the agent wrote last; null where there is nothing that can be read.</summary>
    public static LinkEntry? Read(string stateDirectory)
    {
        var path = PathIn(stateDirectory);
        if (!File.Exists(path))
            return null;
        var faults = new List<SettingError>();
        var values = SettingsFile.Read(File.ReadAllBytes(path), path, faults).ToDictionary(v => v.Key, v => v.Text);
        string Text(string key) => values.GetValueOrDefault(key, "");
        long Number(string key) => long.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return faults.Count > 0 ? null : new LinkEntry(
            Number("linked") == 1,
            DateTimeOffset.FromUnixTimeMilliseconds(Number("since_ms")),
            (int)Number("process"),
            Text("version"),
            Text("controller_version"),
            TimeSpan.FromMilliseconds(Number("ahead_ms")),
            Losses(values),
            Text("failure"));
    }

    private static List<string> Losses(Dictionary<string, string> values)
    {
        var losses = new List<string>();
        while (values.TryGetValue($"loss_{losses.Count}", out var loss))
            losses.Add(loss);
        return losses;
    }

    /// <summary>A time as people read it.</summary>
    public static string Stamp(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string PathIn(string stateDirectory) => Path.Combine(stateDirectory, "link.json");

    private void Write(LinkEntry entry)
    {
        _entry = entry;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("linked", entry.IsLinked ? 1 : 0);
            json.WriteNumber("since_ms", entry.Since.ToUnixTimeMilliseconds());
            json.WriteNumber("process", entry.Process);
            json.WriteString("version", entry.Version);
            json.WriteString("controller_version", entry.ControllerVersion);
            json.WriteNumber("ahead_ms", (long)entry.Ahead.TotalMilliseconds);
            for (var i = 0; i < entry.Losses.Count; i++)
                json.WriteString($"loss_{i}", entry.Losses[i]);
            json.WriteString("failure", entry.Failure);
            json.WriteEndObject();
        }

        try
        {
            // Whole or not at all, but not flushed: after a crash of the host it is out of date anyway.
            var path = PathIn(stateDirectory);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var file = new FileStream(path + ".new", options))
                file.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody's task depends on it.
            LogNotWritten(e.Message);
        }
    }

    [LoggerMessage(5960, LogLevel.Warning, "The connection's status cannot be written for `fleet-agent status`: {Reason}")]
    private partial void LogNotWritten(string reason);
}
