namespace Fleet.Agent.Upgrading;

/// <summary>
/// The agent's versions, each in a directory of its own below the state directory:
/// <code>
/// versions/selection.json            which of them is the agent
/// versions/0.2.0-1f3a.../fleet-agent   a version, by its number and the beginning of its digest
/// versions/1f3a....part              an artifact that is being fetched
/// </code>
/// </summary>
internal sealed class VersionStore(string stateDirectory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string PartSuffix = ".part";

    /// <summary>Where they are.</summary>
    public string Directory { get; } = Path.Combine(stateDirectory, "versions");

    /// <summary>The name of a version's directory.</summary>
    public static string Id(string version, ReadOnlySpan<byte> sha256) => $"{version}-{Convert.ToHexStringLower(sha256)[..16]}";

    /// <summary>A version's program.</summary>
    public string Program(string id) => Path.Combine(Directory, id, "fleet-agent");

    /// <summary>What there is of an artifact that is being fetched.</summary>
    public string Part(ReadOnlySpan<byte> sha256) => Path.Combine(Directory, Convert.ToHexStringLower(sha256) + PartSuffix);

    /// <summary>Makes the directory where it is missing.</summary>
    public void Create() => System.IO.Directory.CreateDirectory(Directory, OwnerOnly);

    /// <summary>Makes a version's directory; the path of its program, which is not there yet.</summary>
    public string Prepare(string id)
    {
        Create();
        System.IO.Directory.CreateDirectory(Path.Combine(Directory, id), OwnerOnly);
        return Program(id);
    }

    /// <summary>Removes the versions that nobody needs any more. What cannot be removed stays until next time.</summary>
    public void Prune(Selection selection, string? partToKeep)
    {
        if (!System.IO.Directory.Exists(Directory))
            return;
        string?[] needed = [selection.Current, selection.Previous, selection.Trial?.Id];
        try
        {
            foreach (var directory in System.IO.Directory.GetDirectories(Directory).Where(d => !needed.Contains(Path.GetFileName(d))))
                System.IO.Directory.Delete(directory, recursive: true);
            foreach (var part in System.IO.Directory.GetFiles(Directory, "*" + PartSuffix).Where(p => p != partToKeep))
                File.Delete(part);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A file too many harms nobody.
        }
    }
}
