using System.CommandLine;
using Fleet.Cli.Output;
using Fleet.Protocol;
using Fleet.Protocol.NodeSets;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Agents;

/// <summary>`fleet agents artefacts`: the versions of the agent that the controller has.</summary>
internal static class ArtefactsCommand
{
    public static Command Create(CommandContext context)
    {
        var remove = new Option<string?>("--remove")
        {
            Description = "Remove one that --file has brought: its version, or the first digits of its SHA-256.", HelpName = "V",
        };
        var command = new Command("artefacts", "List what agents can be upgraded to, and remove what `agents upgrade --file` has brought.") { remove };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var all = (await client.Artefacts.ListArtefactsAsync(new ListArtefactsRequest(), deadline: context.Soon, cancellationToken: cancellationToken)).Artefacts;
            if (parsed.GetValue(remove) is not { } wanted)
            {
                Write(context.Screen, all);
                return ExitCode.Success;
            }

            var request = new RemoveArtefactRequest { Sha256 = Choose(all, wanted).Sha256 };
            var removed = await client.Artefacts.RemoveArtefactAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync($"removed: {removed.Version} for {Architecture(removed)}, SHA-256 {Digest(removed)}");
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Prints them, oldest version first.</summary>
    public static void Write(Screen screen, IEnumerable<Artefact> artefacts) =>
        TableText.Write(screen, ["VERSION", "ARCH", "BYTES", "SHA-256", "FROM"], artefacts.OrderBy(a => a.Version, NaturalOrder.Comparer).ThenBy(Architecture, StringComparer.Ordinal).Select(a => (IReadOnlyList<string>)
        [
            a.Version, Architecture(a), a.SizeBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), Digest(a), a.Brought ? "brought with --file" : "the controller's own",
        ]));

    /// <summary>The one that is meant.</summary>
    /// <exception cref="CommandFailure">There is none, or several are.</exception>
    public static Artefact Choose(IReadOnlyCollection<Artefact> artefacts, string wanted)
    {
        var found = artefacts.Where(a => a.Version == wanted).ToList();
        if (found.Count == 0 && wanted.Length >= FewestDigits)
            found = [.. artefacts.Where(a => Digest(a).StartsWith(wanted, StringComparison.OrdinalIgnoreCase))];
        return found.Count switch
        {
            1 => found[0],
            0 => throw CommandFailure.Usage($"the controller has no agent {wanted}", "`fleet agents artefacts` lists what it has"),
            _ => throw CommandFailure.Usage($"the controller has several agents {wanted}", $"say which by its SHA-256: {string.Join(", ", found.Select(Digest))}"),
        };
    }

    /// <summary>What an artefact is for. A controller that does not say it has none but those.</summary>
    public static string Architecture(Artefact artefact) => artefact.Architecture.Length > 0 ? artefact.Architecture : Architectures.X86;

    private const int FewestDigits = 6;

    private static string Digest(Artefact artefact) => Convert.ToHexStringLower(artefact.Sha256.Span);
}
