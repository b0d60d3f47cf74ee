using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Fleet.Cli.Scans.Files;

namespace Fleet.Cli;

/// <summary>Says what is wrong with a command line in Fleet's own words: the whole command, the word that was given, and what to write instead.</summary>
/// <remarks>System.CommandLine takes unknown options for arguments, and names .NET types where a value cannot be read: neither gets past here.</remarks>
internal static class CommandLineErrors
{
    private const string Program = "fleet";

    /// <summary>One text for each mistake; none where the line can be run.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        if (parsed.Action is HelpAction)
            return [];
        var result = parsed.CommandResult;
        if (UnknownOption(result) is { } unknown)
            return [unknown];
        if (parsed.UnmatchedTokens is [var first, ..])
            return [Unexpected(result, first, parsed.UnmatchedTokens)];
        if (result.Command is { Action: null, Subcommands.Count: > 0 })
            return [$"\"{PathOf(result)}\" needs a subcommand\n  {Names(result.Command)}"];
        return [.. parsed.Errors.Select(error => Message(result, error)).Distinct()];
    }

    /// <summary>A command with all its parents, as it is typed.</summary>
    public static string PathOf(SymbolResult result)
    {
        var names = new Stack<string>();
        for (var at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult { Command: not RootCommand } command)
                names.Push(command.Command.Name);
        }

        return string.Join(' ', names.Prepend(Program));
    }

    private static string? UnknownOption(CommandResult result)
    {
        var word = result.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Concat(result.Tokens)
            .Select(token => token.Value).FirstOrDefault(IsOption);
        return word is null ? null : NoSuchOption(result, word);
    }

    private static string Unexpected(CommandResult result, string first, IReadOnlyList<string> words)
    {
        if (IsOption(first))
            return NoSuchOption(result, first);
        if (result.Command is { Action: null, Subcommands.Count: > 0 } group)
        {
            var known = group.Subcommands.Where(command => !command.Hidden).Select(command => command.Name).ToList();
            return $"there is no command \"{PathOf(result)} {first}\"\n  {Hint(first, known)}";
        }

        var target = result.Children.OfType<ArgumentResult>().FirstOrDefault(argument => argument.Argument.Name == "target")?.Tokens is [var given, ..] ? given.Value : null;
        var hint = (result.Command.Name, target) switch
        {
            ("exec", not null) when words.Any(IsShellSyntax) => $"give a line for the shell with -c: fleet exec {ShellQuoted(target)} -c {ShellQuoted(string.Join(' ', words))}",
            ("exec", not null) => $"write the command after --: fleet exec {ShellQuoted(target)} -- {string.Join(' ', words.Select(ShellQuoted))}",
            ("script", not null) => $"the script's own arguments come after --: -- {string.Join(' ', words.Select(ShellQuoted))}",
            (_, not null) => $"one target is expected: separate names with commas ({target},{first}), and quote an expression with spaces",
            _ => "quote values that contain spaces",
        };
        return $"\"{first}\" is an unexpected argument of \"{PathOf(result)}\"\n  {hint}";
    }

    private static string NoSuchOption(CommandResult result, string word)
    {
        var name = word.Split('=', ':')[0];
        var known = Options(result).Where(option => !option.Hidden).SelectMany(option => option.Aliases.Append(option.Name))
            .Where(alias => alias.StartsWith("--", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal).ToList();
        var hint = known.Contains("--regexp") ? $"; write a pattern that begins with - after -e: -e {ShellQuoted(word)}" : "";
        return $"\"{PathOf(result)}\" has no option {name}\n  {Hint(name, known)}{hint}";
    }

    private static string Message(CommandResult result, ParseError error) => error.SymbolResult switch
    {
        ArgumentResult { Parent: OptionResult option } => OfValue(option, error),
        OptionResult option => OfValue(option, error),
        ArgumentResult argument when argument.Tokens.Count == 0 => Missing(result),
        CommandResult { Command: var command } when command.Arguments.Any(argument => argument.Arity.MinimumNumberOfValues > 0) && IsOfTheLibrary(error) => Missing(result),
        ArgumentResult argument when IsOfTheLibrary(error) => Refused(argument.Tokens, $"<{argument.Argument.Name}>", argument.Argument),
        _ => error.Message,
    };

    private static string OfValue(OptionResult result, ParseError error)
    {
        var name = result.Option.Name;
        if (!IsOfTheLibrary(error))
            return error.Message.StartsWith("--", StringComparison.Ordinal) ? error.Message : $"{name}: {error.Message}";
        return result.Tokens.Count == 0
            ? $"{name} needs a value\n  write {name} {result.Option.HelpName ?? "VALUE"}"
            : Refused(result.Tokens, name, result.Option);
    }

    private static string Refused(IReadOnlyList<Token> given, string name, Symbol symbol)
    {
        var known = symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label).ToList();
        var hint = known.Count > 0 ? $"\n  give one of: {string.Join(", ", known)}" : "";
        return $"\"{given[^1].Value}\" is not a value of {name}{hint}";
    }

    private static string Missing(CommandResult result)
    {
        var missing = result.Command.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0
            && (result.GetResult(argument)?.Tokens.Count ?? 0) == 0).Select(argument => $"<{argument.Name}>");
        return $"\"{PathOf(result)}\" needs {string.Join(' ', missing)}";
    }

    // Its messages are English whatever the locale, since the programs carry no other: told by how they begin.
    private static bool IsOfTheLibrary(ParseError error) =>
        error.Message.StartsWith("Argument '", StringComparison.Ordinal)
        || error.Message.StartsWith("Cannot parse argument", StringComparison.Ordinal)
        || error.Message.StartsWith("Required argument missing", StringComparison.Ordinal)
        || error.Message.StartsWith("Option '", StringComparison.Ordinal)
        || error.Message.StartsWith("Command '", StringComparison.Ordinal);

    private static IEnumerable<Option> Options(CommandResult result)
    {
        foreach (var option in result.Command.Options)
            yield return option;
        for (var at = result.Parent; at is not null; at = at.Parent)
        {
            foreach (var option in (at as CommandResult)?.Command.Options.Where(option => option.Recursive) ?? [])
                yield return option;
        }
    }

    private static string Names(Command command) =>
        $"one of: {string.Join(", ", command.Subcommands.Where(child => !child.Hidden).Select(child => child.Name))}";

    private static string Hint(string word, List<string> known) =>
        Nearest.Find(word, known) is { } meant ? $"did you mean {meant}?" : $"available: {string.Join(", ", known)}";

    // What only a shell understands: to a program it would be a word like any other.
    private static bool IsShellSyntax(string word) => word.Any(c => c is '|' or ';' or '&' or '>' or '<' or '`' or '$' or '(' or ' ');

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]);

    private static string ShellQuoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/.-_,:+@%=".Contains(c, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
