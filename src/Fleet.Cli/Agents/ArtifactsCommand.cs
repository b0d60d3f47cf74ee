using System.CommandLine;
using Fleet.Cli.Output;
using Fleet.Protocol;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>`fleet agents artifacts`: the versions of the agent that the controller has.</summary>
internal static class ArtifactsCommand
{
    public static Command Create(CommandContext context)
    {
        var remove = new Option<string?>("--remove")
        {
            Description = "Remove an uploaded artifact: its version, or the first digits of its SHA-256.", HelpName = "V",
        };
        var command = new Command("artifacts", "List the artifacts that agents can be upgraded to, or remove an uploaded one.") { remove };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var all = (await client.Artifacts.ListArtifactsAsync(new ListArtifactsRequest(), deadline: context.Soon, cancellationToken: cancellationToken)).Artifacts;
            if (parsed.GetValue(remove) is not { } wanted)
            {
                Write(context.Screen, all);
                return ExitCode.Success;
            }

            var request = new RemoveArtifactRequest { Sha256 = Choose(all, wanted).Sha256 };
            var removed = await client.Artifacts.RemoveArtifactAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync($"removed: {removed.Version} for {Architecture(removed)}, SHA-256 {Digest(removed)}");
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Prints them, oldest version first.</summary>
    public static void Write(Screen screen, IEnumerable<Artifact> artifacts) =>
        TableText.Write(screen, ["VERSION", "ARCH", "BYTES", "SHA-256", "FROM"], artifacts.OrderBy(a => a.Version, NaturalOrder.Comparer).ThenBy(Architecture, StringComparer.Ordinal).Select(a => (IReadOnlyList<string>)
        [
            a.Version, Architecture(a), a.SizeBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), Digest(a), a.Uploaded ? "uploaded" : "built in",
        ]));

    /// <summary>The one that is meant.</summary>
    /// <exception cref="CommandFailure">There is none, or several are.</exception>
    public static Artifact Choose(IReadOnlyCollection<Artifact> artifacts, string wanted)
    {
        var found = artifacts.Where(a => a.Version == wanted).ToList();
        if (found.Count == 0 && wanted.Length >= FewestDigits)
            found = [.. artifacts.Where(a => Digest(a).StartsWith(wanted, StringComparison.OrdinalIgnoreCase))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw CommandFailure.Usage($"the controller has no agent {wanted}", "`fleet agents artifacts` lists what it has"),
            _ => throw CommandFailure.Usage($"the controller has several agents {wanted}", $"choose one by its SHA-256: {string.Join(", ", found.Select(Digest))}"),
        };
    }

    /// <summary>What an artifact is for. A controller that does not say it has none but those.</summary>
    public static string Architecture(Artifact artifact) => artifact.Architecture.Length > 0 ? artifact.Architecture : Architectures.X86;

    private const int FewestDigits = 6;

    private static string Digest(Artifact artifact) => Convert.ToHexStringLower(artifact.Sha256.Span);
}
