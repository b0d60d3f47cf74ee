using System.CommandLine;
using Fleet.Cli.Connection;
using Fleet.Protocol;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>Which artifacts agents are to be upgraded with, one for each architecture: those that the controller has, or files from here.</summary>
internal sealed class ArtifactOptionSet
{
    private readonly Option<string?> _version = new("--version") { Description = "Version to upgrade to. Default: the controller's own.", HelpName = "V" };
    private readonly Option<string[]> _files = new("--file")
    {
        Description = "Local fleet-agent tarball or program, uploaded to the controller first; may be repeated, once for each architecture.", HelpName = "FILE",
    };
    private readonly Option<string[]> _sha256 = new("--sha256") { Description = "SHA-256 that the artifact must have; may be repeated, once for each architecture.", HelpName = "HEX" };

    public ArtifactOptionSet(Command command)
    {
        foreach (var option in (Option[])[_version, _files, _sha256])
            command.Options.Add(option);
    }

    /// <summary>Chooses them: of one version, that for x86_64 first where it is among them.</summary>
    public async Task<IReadOnlyList<Artifact>> ChooseAsync(ParseResult parsed, FleetClient client, CommandContext context, CancellationToken cancellationToken)
    {
        var pins = (parsed.GetValue(_sha256) ?? []).Select(pin => pin.ToLowerInvariant()).ToList();
        if (pins.Exists(pin => pin.Length != 64 || !pin.All(char.IsAsciiHexDigitLower)))
            throw CommandFailure.Usage("--sha256 is not a SHA-256", "give 64 hexadecimal digits, as in SHA256SUMS");
        var version = parsed.GetValue(_version);
        if (version is not null && !ArtifactNames.IsVersion(version))
            throw CommandFailure.Usage($"--version \"{version}\" is not a version", "write it as in the artifact's name: 1.2.3");
        var files = parsed.GetValue(_files) ?? [];
        if (files.Length > 0)
            return await BringAsync(files, version, pins, client, context, cancellationToken);
        version ??= (await client.Control.GetStatusAsync(new GetStatusRequest(), deadline: context.Soon, cancellationToken: cancellationToken)).Version;
        var all = await client.Artifacts.ListArtifactsAsync(new ListArtifactsRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
        return Choose(all.Artifacts, version, pins);
    }

    /// <summary>Chooses among those that the controller has: each agent takes the one for its own architecture.</summary>
    /// <exception cref="CommandFailure">There is none, or several for one architecture.</exception>
    public static IReadOnlyList<Artifact> Choose(IReadOnlyCollection<Artifact> all, string version, IReadOnlyCollection<string> pins)
    {
        var found = all.Where(a => a.Version == version && (pins.Count == 0 || pins.Contains(Digest(a)))).ToList();
        if (found.Count == 0)
        {
            throw CommandFailure.Usage(
                $"the controller has no agent {version}{(pins.Count == 0 ? "" : " with this SHA-256")}",
                all.Count == 0 ? "upload one with --file" : $"it has {string.Join(", ", all.Select(a => a.Version).Distinct().Order(NaturalOrder.Comparer))}; upload another one with --file");
        }

        return OneForEach(found, architecture => $"the controller has several agents {version} for {architecture}");
    }

    private static List<Artifact> OneForEach(IEnumerable<Artifact> found, Func<string, string> several)
    {
        var groups = found.GroupBy(ArtifactsCommand.Architecture).ToList();
        return groups.Find(group => group.Count() > 1) is { } unclear
            ? throw CommandFailure.Usage(several(unclear.Key), $"choose one with --sha256: {string.Join(", ", unclear.Select(Digest))}")
            : [.. groups.Select(group => group.Single()).OrderByDescending(artifact => ArtifactsCommand.Architecture(artifact) == Architectures.X86)];
    }

    private static async Task<IReadOnlyList<Artifact>> BringAsync(
        string[] paths, string? version, List<string> pins, FleetClient client, CommandContext context, CancellationToken cancellationToken)
    {
        // 1. All of them are looked at before the first is brought.
        var uploads = new List<ArtifactUpload>();
        foreach (var path in paths)
            uploads.Add(await OpenAsync(path, version, pins, cancellationToken));
        if (uploads.Select(upload => upload.Head.Version).Distinct().ToList() is { Count: > 1 } versions)
            throw CommandFailure.Usage($"the files are of several versions: {string.Join(", ", versions)}", "give files of one version, one for each architecture");

        // 2.
        var brought = new List<Artifact>();
        foreach (var upload in uploads)
        {
            context.Screen.Note($"uploading {Path.GetFileName(upload.Path)} ({upload.Head.SizeBytes} bytes) to the controller");
            brought.Add(await ReadAsync(upload.Path, () => upload.SendAsync(client, cancellationToken)));
            if (upload.Head.Architecture is { Length: > 0 } architecture && ArtifactsCommand.Architecture(brought[^1]) != architecture)
                throw CommandFailure.Controller($"the controller stored {Path.GetFileName(upload.Path)} as an agent for {ArtifactsCommand.Architecture(brought[^1])}: the controller is too old", "upgrade the controller, then upload the file again");
        }

        return OneForEach(brought.DistinctBy(Digest), architecture => $"several of the files are agents for {architecture}");
    }

    private static async Task<ArtifactUpload> OpenAsync(string path, string? version, List<string> pins, CancellationToken cancellationToken)
    {
        var isNamed = ArtifactNames.TryRead(Path.GetFileName(path), out var named, out var architecture);
        if (version is null && !isNamed)
            throw CommandFailure.Usage($"the name of {path} does not contain its version", $"give --version, or name it {ArtifactNames.Of("1.2.3")}");
        var upload = await ReadAsync(path, () => ArtifactUpload.OpenAsync(path, version ?? named!, architecture ?? "", cancellationToken));
        return pins.Count == 0 || pins.Contains(Digest(upload.Head))
            ? upload
            : throw CommandFailure.Usage($"the SHA-256 of {path} is {Digest(upload.Head)}", "it differs from --sha256: check the file and the digest");
    }

    private static async Task<T> ReadAsync<T>(string path, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"{path} cannot be read: {e.Message}");
        }
    }

    private static string Digest(Artifact artifact) => Convert.ToHexStringLower(artifact.Sha256.Span);
}
