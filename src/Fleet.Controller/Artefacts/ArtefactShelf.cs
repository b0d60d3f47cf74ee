using System.Security.Cryptography;
using Fleet.Controller.Control;
using Fleet.Controller.Hosting;

namespace Fleet.Controller.Artefacts;

/// <summary>The directory of artefacts. It is looked at anew for each use, so that files can be put there while the controller runs.</summary>
internal sealed class ArtefactShelf(ControllerOptions options)
{
    private readonly Lock _gate = new();
    private (FileStamp Stamp, string Sha256)? _hashed;

    /// <summary>Where it is.</summary>
    public string Directory => options.Artefacts;

    /// <summary>The script that installs agents; it need not exist.</summary>
    public string ScriptFile => Path.Combine(Directory, "install.sh");

    /// <summary>The agent that new hosts get: of the controller's own version, else the newest file; null where there is none.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The controller's user may not read it.</exception>
    public AgentArtefact? FindAgent()
    {
        var found = new DirectoryInfo(Directory) is { Exists: true } directory && File.Exists(ScriptFile)
            ? directory.EnumerateFiles()
                .Select(file => (File: file, Version: AgentArtefact.TryReadVersion(file.Name, out var version) ? version : null))
                .Where(candidate => candidate.Version is not null)
                .OrderByDescending(candidate => candidate.Version == ProcessStatus.Version)
                .ThenByDescending(candidate => candidate.File.LastWriteTimeUtc)
                .ThenBy(candidate => candidate.File.Name, StringComparer.Ordinal)
                .FirstOrDefault()
            : default;
        return found.File is null ? null : new AgentArtefact(found.File.Name, found.Version!, HashOf(found.File));
    }

    /// <summary>The path of a file that hosts may have; null if it is none.</summary>
    public string? FindFile(string name) =>
        AgentArtefact.TryReadVersion(name, out _) && Path.Combine(Directory, name) is var path && File.Exists(path) ? path : null;

    // A hundred hosts that are installed at once do not read the file a hundred times.
    private string HashOf(FileInfo file)
    {
        var stamp = new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc);
        lock (_gate)
        {
            if (_hashed is { } known && known.Stamp == stamp)
                return known.Sha256;
        }

        using var content = file.OpenRead();
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        lock (_gate)
            _hashed = (stamp, sha256);
        return sha256;
    }

    private sealed record FileStamp(string Path, long Length, DateTime WrittenAt);
}
