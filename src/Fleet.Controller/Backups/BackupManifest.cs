using System.Text.Json;
using Fleet.Storage;

namespace Fleet.Controller.Backups;

/// <summary>The last entry of a backup, <c>manifest.json</c>: what the backup holds, and the digest of each of its files.</summary>
/// <param name="Format">The form of the backup; 1.</param>
/// <param name="ControllerVersion">The version that made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Contents">What its store holds.</param>
/// <param name="Files">SHA-256 in lower-case hexadecimal by name.</param>
internal sealed record BackupManifest(
    int Format, string ControllerVersion, DateTimeOffset CreatedAt, StoreContents Contents, IReadOnlyDictionary<string, string> Files)
{
    /// <summary>Its name in the archive.</summary>
    public const string FileName = "manifest.json";

    /// <summary>The form that this version writes, and the only one it reads.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>As bytes.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, s_json);

    /// <summary>From bytes.</summary>
    /// <exception cref="BackupException">They are none.</exception>
    public static BackupManifest Read(ReadOnlySpan<byte> bytes)
    {
        BackupManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(bytes, s_json);
        }
        catch (JsonException e)
        {
            throw new BackupException($"its {FileName} is damaged", e);
        }

        return manifest switch
        {
            { Format: > CurrentFormat } => throw new BackupException("a newer Fleet made it: restore it with that version"),
            { Files: not null, Contents.Identity: not null } => manifest,
            _ => throw new BackupException($"its {FileName} is damaged"),
        };
    }

    /// <summary>What it holds, in a line for operators.</summary>
    public string Describe() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{Contents.Agents} agents, {Contents.Operators} operators, {Contents.Jobs} jobs, {Contents.Scans} scans, {Contents.Hits} hits, {Contents.Alerts} alerts");
}
