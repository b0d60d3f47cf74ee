using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Output;
using Fleet.Protocol.Identity;

namespace Fleet.Cli.Contexts;

/// <summary>`fleet context`: the controllers that this user is logged in to.</summary>
internal static class ContextCommand
{
    public static Command Create(CommandContext context) => new("context", "Manage contexts (the controllers that you are logged in to).")
    {
        List(context), Use(context), Proxy(context), Remove(context),
    };

    private static Command List(CommandContext context)
    {
        var command = new Command("list", "List contexts; * marks the current one.");
        command.SetAction(_ =>
        {
            var current = context.Contexts.Current;
            TableText.Write(context.Screen, ["", "CONTEXT", "CONTROLLER", "OPERATOR", "ROLE", "PROXY"], context.Contexts.List().Select(c =>
                (IReadOnlyList<string>)[c.Name == current ? "*" : "", c.Name, c.Controller, c.Operator, c.Role, ShowProxy(c)]));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Use(CommandContext context)
    {
        var name = new Argument<string>("context");
        var command = new Command("use", "Set the current context.") { name };
        command.SetAction(parsed =>
        {
            context.Contexts.Use(parsed.GetValue(name)!);
            return ExitCode.Success;
        });
        return command;
    }

    private static string ShowProxy(FleetContext context) =>
        context.Proxy is null ? "" : ProxyAddress.TryParse(context.Proxy, out var proxy, out _) ? proxy.ToString() : "damaged";

    private static Command Proxy(CommandContext context)
    {
        var address = new Argument<string>("url") { Description = $"{ProxyAddress.Forms}; or none." };
        var file = new Option<string?>("--proxy-password-file") { Description = "Read the proxy's password from the first line of this file.", HelpName = "FILE" };
        var command = new Command("proxy", "Set or remove the proxy of the context.") { address, file };
        command.SetAction(parsed =>
        {
            var text = parsed.GetValue(address)!;
            var proxy = text == "none" ? null : ProxyOptions.Read(text, parsed.GetValue(file));
            var chosen = context.Contexts.Select(parsed.GetValue(context.ContextName));
            context.Contexts.Write(chosen with { Proxy = proxy?.ToSecretText() });
            context.Screen.Note($"context \"{chosen.Name}\" connects to {chosen.Controller} {(proxy is null ? "without a proxy" : $"through the proxy {proxy}")}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var name = new Argument<string>("context");
        var command = new Command("remove", "Delete a context and its key from this machine.") { name };
        command.SetAction(parsed =>
        {
            context.Contexts.Remove(parsed.GetValue(name)!);
            return ExitCode.Success;
        });
        return command;
    }
}
