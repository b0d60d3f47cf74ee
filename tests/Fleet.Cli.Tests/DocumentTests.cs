using System.Text.RegularExpressions;
using Fleet.Cli.Contexts;
using Fleet.Cli.Interrupt;

namespace Fleet.Cli.Tests;

/// <summary>What the documents tell somebody to type is understood, and what they point to is there.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] s_documents =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "SECURITY.md" }.Select(name => Repository.At(name)),
        .. Directory.GetFiles(Repository.At("docs"), "*.md", SearchOption.AllDirectories),
    ];

    [Fact]
    public void Every_command_line_of_a_block_is_understood()
    {
        using var ctrlC = new CtrlC();
        var root = CommandTree.Create(new CommandContext(
            Some.Screen().Screen, new ContextStore(Path.GetTempPath()), CommandTree.ContextOption(), TimeProvider.System, ctrlC, null));
        var lines = s_documents.SelectMany(document => Commands(document).Select(line => (document, line))).ToList();

        lines.Count.ShouldBeGreaterThan(40);
        lines.Select(said => (said.document, said.line, faults: string.Join("; ", root.Parse(Words(said.line)).Errors.Select(error => error.Message))))
            .Where(said => said.faults.Length > 0).ShouldBeEmpty();
    }

    [Fact]
    public void Every_file_that_is_linked_or_named_by_its_path_is_there()
    {
        var missing = new List<string>();
        foreach (var document in s_documents)
        {
            var text = File.ReadAllText(document);
            foreach (var link in Links().Matches(text).Select(match => match.Groups[1].Value))
            {
                if (!link.StartsWith("http", StringComparison.Ordinal) && !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, link)))
                    missing.Add($"{document}: {link}");
            }

            foreach (var path in Paths().Matches(text).Select(match => match.Groups[1].Value))
            {
                if (!Path.Exists(Repository.At(path)))
                    missing.Add($"{document}: {path}");
            }

            // The short form of docs/architecture.md: `Agent/Link` is src/Fleet.Agent/Link.
            foreach (var room in Rooms().Matches(text).Select(match => match.Groups[1].Value))
            {
                var path = Repository.At("src", $"Fleet.{room}");
                if (!Path.Exists(path) && !File.Exists(path + ".cs"))
                    missing.Add($"{document}: {room}");
            }
        }

        missing.ShouldBeEmpty();
    }

    // Comments, redirections and what a pipe feeds are the shell's.
    private static IEnumerable<string> Commands(string document) => Blocks().Matches(File.ReadAllText(document))
        .SelectMany(block => CommandLines().Matches(block.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal)))
        .Select(line => line.Groups[1].Value)
        .Where(words => !words.Contains("...", StringComparison.Ordinal));

    // What stands behind "--" is the operator's, word for word, and never parsed (Program.cs).
    private static string[] Words(string line) =>
        [.. Word().Matches(line).Select(word => word.Value.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)).TakeWhile(word => word != "--")];

    [GeneratedRegex("^```[a-z]*\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Blocks();

    [GeneratedRegex("""(?:^|[;(&|])[ \t]*(?:fleet|\$F)((?:[ \t]+(?!\#)(?:'[^']*'|"[^"]*"|[^\s'"|;&()<>])+)+)""", RegexOptions.Multiline)]
    private static partial Regex CommandLines();

    [GeneratedRegex("""(?:'[^']*'|"[^"]*"|[^\s'"])+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"\]\(([^)#\s]+)[^)]*\)")]
    private static partial Regex Links();

    [GeneratedRegex(@"`((?:src|tests|docs|proto|installers)/[A-Za-z0-9_./-]*[A-Za-z0-9_])`")]
    private static partial Regex Paths();

    [GeneratedRegex(@"`((?:Agent|Cli|Controller|LogSearch|Protocol|Storage|Grpc)/[A-Za-z/]+)`")]
    private static partial Regex Rooms();
}
