using System.CommandLine;
using Fleet.Cli.Options;
using Fleet.Cli.Output;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Access;

/// <summary>`fleet token`: what new hosts and operators join with.</summary>
internal static class TokenCommand
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(30);
    private static readonly string[] Roles = ["viewer", "operator", "admin"];

    public static Command Create(CommandContext context) => new("token", "Create, list and revoke enrollment tokens (administrators).")
    {
        New(context), List(context), Revoke(context),
    };

    private static Command New(CommandContext context)
    {
        var role = new Option<string?>("--operator") { Description = "Create an operator token with this role (viewer, operator, admin) instead of an agent token.", HelpName = "ROLE" };
        role.AcceptOnlyFromAmong(Roles);
        var lifetime = new Option<TimeSpan?>("--expires")
        {
            Description = "How long the token is valid. Default 30m.", HelpName = "DURATION", CustomParser = result => OptionValues.Duration(result),
        };
        var uses = new Option<uint?>("--uses") { Description = "How many times the token can be used. Default 1.", HelpName = "N", CustomParser = OptionValues.Whole<uint>() };
        var labels = new Option<KeyValuePair<string, string>[]>("--label", "-l")
        {
            Description = "Label for every agent that enrolls with the token; may be repeated.", HelpName = "KEY=VALUE", CustomParser = OptionValues.Assignments,
           
        };
        var allowed = new Option<string[]>("--allow-label")
        {
            Description = "Key of a label that hosts may set themselves when they enroll, * for any; may be repeated. Default: any, or none with --label.", HelpName = "KEY",
        };
        var note = new Option<string?>("--note") { Description = "Note that is shown in lists.", HelpName = "TEXT" };
        var replace = new Option<bool>("--allow-replace") { Description = "Let a host take over the name of an enrolled agent (a reinstalled host)." };
        var install = new Option<bool>("--install") { Description = "Print a command line that installs and enrolls an agent on a host, instead of the token." };
        var command = new Command("create", "Create a token. It is printed once, on standard output.") { role, lifetime, uses, labels, allowed, note, replace, install };
        var proxy = new ProxyOptions(command, $"With --install: proxy through which hosts reach the controller: {ProxyAddress.Forms}.");
        command.Validators.Add(result =>
        {
            if (!result.GetValue(install) && proxy.IsGiven(result))
                result.AddError("--proxy requires --install");
            if (result.GetValue(install) && result.GetValue(role) is not null)
                result.AddError("--install is for agents and cannot be combined with --operator");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new CreateTokenRequest
            {
                Kind = parsed.GetValue(role) is null ? TokenKind.Agent : TokenKind.Operator,
                Role = parsed.GetValue(role) ?? "",
                LifetimeMs = (long)(parsed.GetValue(lifetime) ?? DefaultLifetime).TotalMilliseconds,
                MaxUses = parsed.GetValue(uses) ?? 1,
                Note = parsed.GetValue(note) ?? "",
                AllowReplace = parsed.GetValue(replace),
                Install = parsed.GetValue(install),
            };
            foreach (var (key, value) in parsed.GetValue(labels) ?? [])
                request.Labels[LabelKey.Parse(key).ToString()] = value;
            request.AllowedLabels.AddRange((parsed.GetValue(allowed) ?? []).Select(key => key == "*" ? key : LabelKey.Parse(key).ToString()));
            var through = proxy.Read(parsed);
            using var client = context.Connect(parsed);
            var reply = await client.Tokens.CreateTokenAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
            if (request.Install)
            {
                await InstallAdvice.WriteAsync(context.Screen, client.Context.Controller, through, reply);
                return ExitCode.Success;
            }

            await context.Screen.Writer.WriteLineAsync($"{reply.Secret}");
            await context.Screen.Writer.FlushAsync(cancellationToken);
            var how = request.Kind == TokenKind.Agent
                ? $"fleet-agent enroll --controller {client.Context.Controller} --token TOKEN"
                : $"fleet login --controller {client.Context.Controller} --token TOKEN";
            context.Screen.Note($"{reply.Token.Id}: valid for {reply.Token.MaxUses} {(reply.Token.MaxUses == 1 ? "use" : "uses")} until {TimeText.Local(reply.Token.ExpiresMs)}; use it with: {how}");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var all = new Option<bool>("--all") { Description = "Include tokens that are used up, expired or revoked." };
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var command = new Command("list", "List tokens (never their secrets).") { all, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var reply = await client.Tokens.ListTokensAsync(new ListTokensRequest { All = parsed.GetValue(all) }, deadline: context.Soon, cancellationToken: cancellationToken);
            var now = context.Time.GetUtcNow().ToUnixTimeMilliseconds();
            if (parsed.GetValue(json))
            {
                AccessJson.Write(context.Screen, reply.Tokens, token => State(token, now));
                return ExitCode.Success;
            }

            TableText.Write(context.Screen, ["TOKEN", "FOR", "STATE", "USES", "EXPIRES", "BY", "LABELS", "NOTE"], reply.Tokens.Select(t => (IReadOnlyList<string>)
            [
                t.Id, t.Kind == TokenKind.Operator ? $"operator ({t.Role})" : "agents", State(t, now), $"{t.Uses}/{t.MaxUses}", TimeText.Local(t.ExpiresMs), t.CreatedBy,
                string.Join(',', t.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")), t.Note,
            ]));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Revoke(CommandContext context)
    {
        var id = new Argument<string>("token") { Description = "The token's id (t-...), not the token itself." };
        var command = new Command("revoke", "Revoke a token. Agents and operators enrolled with it are not affected.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = context.Connect(parsed);
            var token = await client.Tokens.RevokeTokenAsync(new RevokeTokenRequest { Id = parsed.GetValue(id) }, deadline: context.Soon, cancellationToken: cancellationToken);
            context.Screen.Note($"{token.Id} is revoked; it was used {token.Uses} {(token.Uses == 1 ? "time" : "times")}");
            return ExitCode.Success;
        });
        return command;
    }

    private static string State(Token token, long nowMs)
    {
        if (token.RevokedMs != 0)
            return "revoked";
        if (token.ExpiresMs <= nowMs)
            return "expired";
        return token.Uses >= token.MaxUses ? "used up" : "valid";
    }
}
