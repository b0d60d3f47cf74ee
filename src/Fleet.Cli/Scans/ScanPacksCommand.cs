using System.CommandLine;
using Fleet.Cli.Output;
using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Scans;

/// <summary>`fleet scan packs`: the ready-made scans.</summary>
internal static class ScanPacksCommand
{
    public static Command Create(CommandContext context)
    {
        var name = new Argument<string?>("pack") { Arity = ArgumentArity.ZeroOrOne, Description = "Print the file of this pack." };
        var command = new Command("packs", "List predefined scans, or print one: fleet scan packs sshd. Apply one with -f pack:NAME.") { name };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } wanted)
            {
                context.Screen.Writer.Write(Packs.Read(wanted) ?? throw CommandFailure.Usage($"there is no pack \"{wanted}\"", Nearest.Hint(wanted, Packs.Names)));
                return ExitCode.Success;
            }

            TableText.Write(context.Screen, ["PACK", "SCAN", "TARGET", "PATTERNS", "FOR"], Packs.Names.SelectMany(Rows));
            return ExitCode.Success;
        });
        return command;
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(string pack)
    {
        var faults = new ScanFaults();
        var set = new ScanFileReader(faults, new EnvironmentText(_ => null, faults, new HashSet<string>()), TextReader.Null).Read([Packs.Prefix + pack]);
        return set.Scans.Select(scan => (IReadOnlyList<string>)
            [pack, scan.Name, scan.Target, scan.Order.Patterns.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), scan.Description]);
    }
}
