using System.CommandLine;
using Fleet.Cli.Connection;
using Fleet.Protocol;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>Which artefact agents are to be upgraded with: one that the controller has, or a file from here.</summary>
internal sealed class ArtefactOptionSet
{
    private readonly Option<string?> _version = new("--version") { Description = "The version; the default is the controller's own.", HelpName = "V" };
    private readonly Option<string?> _file = new("--file") { Description = "A fleet-agent tarball or program from here, brought to the controller first.", HelpName = "FILE" };
    private readonly Option<string?> _sha256 = new("--sha256") { Description = "The SHA-256 that the artefact must have.", HelpName = "HEX" };

    public ArtefactOptionSet(Command command)
    {
        foreach (var option in (Option[])[_version, _file, _sha256])
            command.Options.Add(option);
    }

    public async Task<Artefact> ChooseAsync(ParseResult parsed, FleetClient client, CommandContext context, CancellationToken cancellationToken)
    {
        var pin = parsed.GetValue(_sha256)?.ToLowerInvariant();
        if (pin is not null && (pin.Length != 64 || !pin.All(char.IsAsciiHexDigitLower)))
            throw CommandFailure.Usage("--sha256 is no SHA-256", "give 64 hexadecimal digits, as in SHA256SUMS");
        var version = parsed.GetValue(_version);
        if (version is not null && !ArtefactNames.IsVersion(version))
            throw CommandFailure.Usage($"--version \"{version}\" is no version", "give it as in the artefact's name: 1.2.3");
        return parsed.GetValue(_file) is { } file
            ? await BringAsync(file, version, pin, client, context, cancellationToken)
            : await FindAsync(version, pin, client, context, cancellationToken);
    }

    private static async Task<Artefact> FindAsync(string? version, string? pin, FleetClient client, CommandContext context, CancellationToken cancellationToken)
    {
        version ??= (await client.Control.GetStatusAsync(new GetStatusRequest(), deadline: context.Soon, cancellationToken: cancellationToken)).Version;
        var all = await client.Artefacts.ListArtefactsAsync(new ListArtefactsRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
        var found = all.Artefacts.Where(a => a.Version == version && (pin is null || Digest(a) == pin)).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw CommandFailure.Usage(
                $"the controller has no agent {version}{(pin is null ? "" : " with this SHA-256")}",
                all.Artefacts.Count == 0 ? "bring one with --file" : $"it has {string.Join(", ", all.Artefacts.Select(a => a.Version).Distinct().Order(NaturalOrder.Comparer))}; bring another one with --file"),
            _ => throw CommandFailure.Usage(
                $"the controller has several agents {version}", $"say which with --sha256: {string.Join(", ", found.Select(Digest))}"),
        };
    }

    private static async Task<Artefact> BringAsync(
        string path, string? version, string? pin, FleetClient client, CommandContext context, CancellationToken cancellationToken)
    {
        if (version is null && !ArtefactNames.TryReadVersion(Path.GetFileName(path), out version))
            throw CommandFailure.Usage($"the version of {path} does not stand in its name", $"give --version, or name it {ArtefactNames.Of("1.2.3")}");
        try
        {
            var upload = await ArtefactUpload.OpenAsync(path, version, cancellationToken);
            if (pin is not null && Digest(upload.Head) != pin)
                throw CommandFailure.Usage($"the SHA-256 of {path} is {Digest(upload.Head)}", "and not what --sha256 asks for");
            context.Screen.Note($"bringing {Path.GetFileName(path)} ({upload.Head.SizeBytes} bytes) to the controller");
            return await upload.SendAsync(client, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Usage($"{path} cannot be read: {e.Message}");
        }
    }

    private static string Digest(Artefact artefact) => Convert.ToHexStringLower(artefact.Sha256.Span);
}
