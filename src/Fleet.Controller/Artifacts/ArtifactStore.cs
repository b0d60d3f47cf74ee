using System.Collections.Concurrent;
using System.Security.Cryptography;
using Fleet.Controller.Control;
using Fleet.Controller.Hosting;
using Fleet.Hosting.Settings;
using Fleet.Protocol;

namespace Fleet.Controller.Artifacts;

/// <summary>
/// The artifacts: those that came with the controller or were put beside them, and those that operators have brought. The directories
/// are looked at anew for each use, so that files can be put there while the controller runs.
/// </summary>
internal sealed class ArtifactStore(Reloadable<ControllerOptions> options)
{
    // Eight versions, each for two architectures.
    private const int MostBrought = 16;
    private readonly ConcurrentDictionary<FileStamp, string> _hashes = new();

    /// <summary>Where those are that came with the controller.</summary>
    public string Directory => options.Value.Artifacts;

    /// <summary>Where those are that operators have brought, each in a directory named by its digest.</summary>
    public string Brought => new DataDirectory(options.Value.Data).ArtifactsPath;

    /// <summary>The script that installs agents; it need not exist.</summary>
    public string ScriptFile => Path.Combine(Directory, "install.sh");

    /// <summary>The agents that new hosts get, one for each architecture: of the controller's own version, else the newest file; none without a script.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The controller's user may not read it.</exception>
    public IReadOnlyList<AgentArtifact> FindAgents() => File.Exists(ScriptFile)
        ? [.. Candidates(new DirectoryInfo(Directory), SearchOption.TopDirectoryOnly)
            .OrderByDescending(candidate => candidate.Version == ProcessStatus.Version)
            .ThenByDescending(candidate => candidate.File.LastWriteTimeUtc)
            .ThenBy(candidate => candidate.File.Name, StringComparer.Ordinal)
            .DistinctBy(candidate => candidate.Architecture)
            .OrderByDescending(candidate => candidate.Architecture == Architectures.X86)
            .Select(Describe)]
        : [];

    /// <summary>Everything that agents can be upgraded to, newest file first.</summary>
    /// <inheritdoc cref="FindAgents" path="/exception"/>
    public IEnumerable<AgentArtifact> All() =>
        Candidates(new DirectoryInfo(Directory), SearchOption.TopDirectoryOnly)
            .Concat(Candidates(new DirectoryInfo(Brought), SearchOption.AllDirectories))
            .OrderByDescending(candidate => candidate.File.LastWriteTimeUtc)
            .ThenBy(candidate => candidate.File.Name, StringComparer.Ordinal)
            .Select(Describe)
            .DistinctBy(artifact => artifact.Sha256);

    /// <summary>The path of a file that hosts may have; null, and why, if it is none.</summary>
    public string? FindFile(string name, out string refusal)
    {
        refusal = "there is no such file";
        if (!ArtifactNames.TryRead(name, out _, out _) || new FileInfo(Path.Combine(Directory, name)) is not { Exists: true } file)
            return null;
        if (Resolve(file, Directory) is { } real)
            return real.FullName;
        refusal = $"{name} is a symbolic link that is broken or points outside the directory of artifacts: put the file itself there";
        return null;
    }

    /// <summary>Puts a file that was brought, and is what it is said to be, in its place; the oldest make room.</summary>
    public AgentArtifact Take(string file, string version, string architecture, string sha256)
    {
        var place = System.IO.Directory.CreateDirectory(Path.Combine(Brought, sha256)).FullName;
        var path = Path.Combine(place, ArtifactNames.Of(version, architecture));
        File.Move(file, path, overwrite: true);
        foreach (var old in new DirectoryInfo(Brought).GetDirectories().OrderByDescending(d => d.LastWriteTimeUtc).Skip(MostBrought))
            old.Delete(recursive: true);
        return new AgentArtifact(path, version, architecture, sha256, new FileInfo(path).Length, IsBrought: true);
    }

    /// <summary>Removes one that was brought; false where none that was has this digest.</summary>
    /// <inheritdoc cref="FindAgents" path="/exception"/>
    public bool Remove(string sha256)
    {
        var place = new DirectoryInfo(Path.Combine(Brought, sha256));
        if (!place.Exists)
            return false;
        place.Delete(recursive: true);
        return true;
    }

    private static IEnumerable<Candidate> Candidates(DirectoryInfo directory, SearchOption how)
    {
        if (!directory.Exists)
            yield break;
        foreach (var file in directory.EnumerateFiles("*", how))
        {
            if (ArtifactNames.TryRead(file.Name, out var version, out var architecture) && Resolve(file, directory.FullName) is not null)
                yield return new Candidate(file, version, architecture);
        }
    }

    // A link's own length and time are not the file's; and what lies elsewhere is not meant for everybody who reaches the port.
    private static FileInfo? Resolve(FileInfo file, string directory)
    {
        if (file.LinkTarget is null)
            return file;
        try
        {
            return file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target
                && Path.GetFullPath(target.FullName).StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? target
                : null;
        }
        catch (IOException)
        {
            // Links in a circle.
            return null;
        }
    }

    // A hundred hosts that are installed at once do not read the file a hundred times.
    private AgentArtifact Describe(Candidate candidate)
    {
        var named = candidate.File;
        var file = Resolve(named, named.DirectoryName!) ?? named;
        var stamp = new FileStamp(file.FullName, file.Length, file.LastWriteTimeUtc);
        if (!_hashes.TryGetValue(stamp, out var sha256))
        {
            using var content = file.OpenRead();
            sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
            // Of a file that was replaced, what it was before is no longer asked for.
            foreach (var old in _hashes.Keys.Where(known => known.Path == stamp.Path || !File.Exists(known.Path)))
                _hashes.TryRemove(old, out _);
            _hashes[stamp] = sha256;
        }

        return new AgentArtifact(
            named.FullName, candidate.Version, candidate.Architecture, sha256, file.Length, named.DirectoryName == Path.Combine(Brought, sha256));
    }

    private sealed record Candidate(FileInfo File, string Version, string Architecture);

    private sealed record FileStamp(string Path, long Length, DateTime WrittenAt);
}
