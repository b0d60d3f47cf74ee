using System.CommandLine;
using System.CommandLine.Help;
using Fleet.Cli.Access;
using Fleet.Cli.Agents;
using Fleet.Cli.Alerts;
using Fleet.Cli.Completion;
using Fleet.Cli.Contexts;
using Fleet.Cli.Controllers;
using Fleet.Cli.Exec;
using Fleet.Cli.Hits;
using Fleet.Cli.Jobs;
using Fleet.Cli.Login;
using Fleet.Cli.Logs;
using Fleet.Cli.Scans;
using Fleet.Cli.Tail;

namespace Fleet.Cli;

/// <summary>All commands, and the options that they share.</summary>
internal static class CommandTree
{
    /// <summary>`--context`, known to every command.</summary>
    public static Option<string?> ContextOption() => new("--context")
    {
        Description = "Context (controller and identity) to use. Default: $FLEET_CONTEXT, then the current one.", HelpName = "NAME", Recursive = true,
    };

    /// <summary>`--no-color`, known to every command; read before parsing, since it also counts for parse errors.</summary>
    public static Option<bool> NoColorOption() => new("--no-color") { Description = "Disable colors (also $NO_COLOR).", Recursive = true };

    public static RootCommand Create(CommandContext context)
    {
        var root = new RootCommand("Run commands on many hosts at once and see which succeeded, which failed and which never answered.")
        {
            ExecCommand.Create(context),
            ScriptCommand.Create(context),
            PingCommand.Create(context),
            GrepCommand.Create(context),
            TailCommand.Create(context),
            ScanCommand.Create(context),
            HitsCommand.Create(context),
            AlertsCommand.Create(context),
            JobsCommand.Create(context),
            AgentsCommand.Create(context),
            TokenCommand.Create(context),
            OperatorsCommand.Create(context),
            LoginCommand.Create(context),
            ContextCommand.Create(context),
            ControllerCommand.Create(context),
            CompletionCommand.Create(context),
            VersionCommand.Create(context),
        };
        root.Options.Add(context.ContextName);
        root.Options.Add(NoColorOption());
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            // Windows spellings: they would only be offered by completion, and a target may begin with a slash.
            help.Aliases.Remove("/?");
            help.Aliases.Remove("/h");
        }

        return root;
    }

    /// <summary>Reads a command line. A word that begins with @ is the operator's own: System.CommandLine would read a file of that name in its place.</summary>
    public static ParseResult Parse(RootCommand root, IReadOnlyList<string> words) =>
        root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
}
