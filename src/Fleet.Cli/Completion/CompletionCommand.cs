using System.CommandLine;

namespace Fleet.Cli.Completion;

/// <summary>
/// `fleet completion`: the few lines that a shell needs. They ask `fleet` itself (its [suggest] directive), so they never
/// fall behind the commands.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # fleet completion for bash: source <(fleet completion bash)
        _fleet_complete() {
          local words
          words=$(fleet "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null) || return
          local IFS=$'\n'
          COMPREPLY=( $(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _fleet_complete fleet
        """;

    private const string Zsh = """
        #compdef fleet
        # fleet completion for zsh: source <(fleet completion zsh)
        _fleet() {
          local -a words_found
          words_found=("${(@f)$(fleet "[suggest:${#${BUFFER:-$words}}]" "${BUFFER:-$words}" 2>/dev/null)}")
          compadd -- $words_found || _files
        }
        (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
        compdef _fleet fleet
        """;

    private const string Fish = """
        # fleet completion for fish: fleet completion fish | source
        function __fleet_complete
          set -l line (commandline -cp)
          fleet "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c fleet -a '(__fleet_complete)'
        """;

    public static Command Create(CommandContext context)
    {
        var command = new Command("completion", "Print the completion script for a shell.");
        foreach (var (shell, script) in new[] { ("bash", Bash), ("zsh", Zsh), ("fish", Fish) })
        {
            var one = new Command(shell, $"For {shell}.");
            one.SetAction(_ =>
            {
                context.Screen.Writer.WriteLine(script);
                return ExitCode.Success;
            });
            command.Subcommands.Add(one);
        }

        return command;
    }
}
