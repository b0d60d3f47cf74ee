using System.CommandLine;
using Fleet.Cli.Output;
using Fleet.Cli.Scans;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Access;

/// <summary>`fleet operators`: who may command.</summary>
internal static class OperatorsCommand
{
    public static Command Create(CommandContext context) => new("operators", "Show and manage operators.")
    {
        WhoAmI(context), List(context), Revoke(context),
    };

    private static Command WhoAmI(CommandContext context)
    {
        var command = new Command("whoami", "Show your own name and role.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var me = await client.Operators.WhoAmIAsync(new WhoAmIRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            await context.Screen.Writer.WriteLineAsync(
                $"{me.Name} ({me.Role}) at {client.Context.Controller}, certificate until {TimeText.Local(me.CertificateExpiresMs)}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var command = new Command("list", "List operators.") { json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Operators.ListOperatorsAsync(new ListOperatorsRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            if (parsed.GetValue(json))
            {
                AccessJson.Write(context.Screen, reply.Operators);
                return ExitCode.Success;
            }

            TableText.Write(context.Screen, ["OPERATOR", "ROLE", "STATE", "CREATED", "CERTIFICATE UNTIL", "ID"], reply.Operators.Select(o => (IReadOnlyList<string>)
                [o.Name, o.Role, o.Revoked ? "revoked" : "active", TimeText.Local(o.CreatedMs), TimeText.Local(o.CertificateExpiresMs), o.Id]));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var name = new Argument<string>("operator") { Description = "Name or id." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask for confirmation." };
        var command = new Command("revoke", "Revoke an operator: its certificate becomes invalid and its open calls end at once.") { name, yes };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            YesOrNo.Ask(context.Screen, parsed.GetValue(yes), $"this revokes the operator {parsed.GetValue(name)}, who can log in again only with a new token");
            using var client = context.Connect(parsed);
            var revoked = await client.Operators.RevokeOperatorAsync(new RevokeOperatorRequest { Name = parsed.GetValue(name) }, deadline: context.Soon, cancellationToken: cancellationToken);
            context.Screen.Note($"operator {revoked.Name} is revoked");
            return ExitCode.Success;
        });
        return command;
    }
}
