using System.CommandLine;
using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Scans;

/// <summary>Which scan files are meant.</summary>
internal sealed class ScanFileOptionSet
{
    private readonly Option<string[]> _files = new("--file", "-f")
    {
        Description = "A scan file, a directory of them (*.yaml, *.yml), pack:NAME, or - for standard input; may be repeated.", HelpName = "FILE", Required = true,
    };

    public ScanFileOptionSet(Command command) => command.Options.Add(_files);

    /// <summary>Reads all of them; what is wrong is put into the faults.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <param name="unset">Takes variables that the environment does not have; null: that is a fault.</param>
    public ScanFileSet Read(ParseResult parsed, ScanFaults faults, ISet<string>? unset)
    {
        var environment = new EnvironmentText(Environment.GetEnvironmentVariable, faults, unset);
        return new ScanFileReader(faults, environment, Console.In).Read(parsed.GetValue(_files) ?? []);
    }
}
