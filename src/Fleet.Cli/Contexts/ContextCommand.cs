using System.CommandLine;
using Fleet.Cli.Output;

namespace Fleet.Cli.Contexts;

/// <summary>`fleet context`: the controllers that this user is logged in to.</summary>
internal static class ContextCommand
{
    public static Command Create(CommandContext context) => new("context", "The controllers that you are logged in to.")
    {
        List(context), Use(context), Remove(context),
    };

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List contexts; * marks the one in use.");
        command.SetAction(_ =>
        {
            var current = context.Contexts.Current;
            TableText.Write(context.Screen, ["", "CONTEXT", "CONTROLLER", "OPERATOR", "ROLE"], context.Contexts.List().Select(c =>
                (IReadOnlyList<string>)[c.Name == current ? "*" : "", c.Name, c.Controller, c.Operator, c.Role]));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Use(CommandContext context)
    {
        var name = new Argument<string>("context");
        var command = new Command("use", "Choose the context that commands use.") { name };
        command.SetAction(parsed =>
        {
            context.Contexts.Use(parsed.GetValue(name)!);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var name = new Argument<string>("context");
        var command = new Command("remove", "Forget a context and its key on this machine.") { name };
        command.SetAction(parsed =>
        {
            context.Contexts.Remove(parsed.GetValue(name)!);
            return ExitCode.Success;
        });
        return command;
    }
}
