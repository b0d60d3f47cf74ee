using System.CommandLine;
using Fleet.Cli.Output;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Access;

/// <summary>`fleet operators`: who may command.</summary>
internal static class OperatorsCommand
{
    public static Command Create(CommandContext context) => new("operators", "Who may command, and who you are.")
    {
        WhoAmI(context), List(context), Revoke(context),
    };

    private static Command WhoAmI(CommandContext context)
    {
        var command = new Command("whoami", "Your own name and role at the controller.");
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
        var command = new Command("list", "List operators.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Operators.ListOperatorsAsync(new ListOperatorsRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
            TableText.Write(context.Screen, ["OPERATOR", "ROLE", "STATE", "CREATED", "CERTIFICATE UNTIL", "ID"], reply.Operators.Select(o => (IReadOnlyList<string>)
                [o.Name, o.Role, o.Revoked ? "revoked" : "active", TimeText.Local(o.CreatedMs), TimeText.Local(o.CertificateExpiresMs), o.Id]));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var name = new Argument<string>("operator") { Description = "Name or id." };
        var command = new Command("revoke", "Revoke an operator: its certificate no longer counts, its open calls are cut.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var revoked = await client.Operators.RevokeOperatorAsync(new RevokeOperatorRequest { Name = parsed.GetValue(name) }, deadline: context.Soon, cancellationToken: cancellationToken);
            context.Screen.Note($"operator {revoked.Name} is revoked");
            return ExitCode.Success;
        });
        return command;
    }
}
