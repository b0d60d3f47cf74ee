using System.CommandLine;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Units;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>token create|list|revoke</c>, for whoever has the controller's host: with a running controller or without.</summary>
internal static class TokenCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SettingFlags flags, TextWriter output) =>
        new("token", "Manage join tokens on the controller's host.") { CreateToken(flags, output), List(flags, output), Revoke(flags, output) };

    private static Command CreateToken(SettingFlags flags, TextWriter output)
    {
        var role = new Option<string?>("--operator") { Description = "Create an operator token with this role (viewer, operator, admin) instead of an agent token.", HelpName = "ROLE" };
        var life = new Option<string>("--expires") { Description = "How long the token is valid, at most 30d.", HelpName = "DURATION", DefaultValueFactory = _ => "30m" };
        var uses = new Option<uint>("--uses") { Description = "How many times the token can be used.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var label = new Option<string[]>("--label", "-l") { Description = "Label for every agent that enrolls with the token; may be repeated.", HelpName = "KEY=VALUE" };
        var allowed = new Option<string[]>("--allow-label")
        {
            Description = "Key of a label that hosts may set themselves when they enroll, * for any; may be repeated. Default: any, or none with --label.", HelpName = "KEY",
        };
        var note = new Option<string>("--note") { Description = "Note that is shown in lists.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        var replace = new Option<bool>("--allow-replace") { Description = "Let a host take over the name of an enrolled agent (a reinstalled host)." };
        var install = new Option<bool>("--install") { Description = "Print a command line that installs and enrolls an agent on a host, instead of the token." };
        var proxy = new Option<string?>("--proxy") { Description = $"With --install: proxy through which hosts reach the controller: {ProxyAddress.Forms}.", HelpName = "URL" };
        var password = new Option<string?>("--proxy-password-file") { Description = "Read the proxy's password from the first line of this file.", HelpName = "FILE" };
        var command = new Command("create", "Create a token. It is printed once.") { role, life, uses, label, allowed, note, replace, install, proxy, password };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new V1.CreateTokenRequest
            {
                Kind = parsed.GetValue(role) is null ? V1.TokenKind.Agent : V1.TokenKind.Operator,
                Role = parsed.GetValue(role) ?? "",
                LifetimeMs = ReadLife(parsed.GetValue(life)!),
                MaxUses = parsed.GetValue(uses),
                Labels = { ReadLabels(parsed.GetValue(label) ?? []) },
                AllowedLabels = { parsed.GetValue(allowed) ?? [] },
                Note = parsed.GetValue(note),
                AllowReplace = parsed.GetValue(replace),
                Install = parsed.GetValue(install),
            };
            if (request.Install && request.Kind != V1.TokenKind.Agent)
                throw new UsageException("--install is for agents and cannot be combined with --operator");
            var through = ReadProxy(parsed.GetValue(proxy), parsed.GetValue(password));
            if (through is not null && !request.Install)
                throw new UsageException("--proxy is for hosts that are installed: add --install");
            var options = flags.Read(parsed);
            await using var desk = await LocalTokens.OpenAsync(options, cancellationToken);
            var reply = await desk.CreateAsync(request, cancellationToken);
            await output.WriteLineAsync(reply.Installation is null ? reply.Secret : LineOf(reply, options, through));
            return 0;
        });
        return command;
    }

    private static Command List(SettingFlags flags, TextWriter output)
    {
        var all = new Option<bool>("--all") { Description = "Include tokens that are used up, expired or revoked." };
        var command = new Command("list", "List tokens (never their secrets).") { all };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var desk = await LocalTokens.OpenAsync(flags.Read(parsed), cancellationToken);
            var tokens = await desk.ListAsync(parsed.GetValue(all), cancellationToken);
            await output.WriteLineAsync($"{"ID",-20} {"FOR",-10} {"USES",-10} {"EXPIRES",-21} NOTE");
            foreach (var token in tokens)
                await output.WriteLineAsync(Describe(token));
            return 0;
        });
        return command;
    }

    private static Command Revoke(SettingFlags flags, TextWriter output)
    {
        var id = new Argument<string>("ID") { Description = "The token's id, as `token list` shows it." };
        var command = new Command("revoke", "Revoke a token. Agents and operators enrolled with it are not affected.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!TokenId.TryParse(parsed.GetValue(id), out var token))
                throw new UsageException($"\"{parsed.GetValue(id)}\" is not a token's id: `fleet-controller token list` shows them");
            await using var desk = await LocalTokens.OpenAsync(flags.Read(parsed), cancellationToken);
            await desk.RevokeAsync(token.ToString(), cancellationToken);
            await output.WriteLineAsync($"token {token} is revoked");
            return 0;
        });
        return command;
    }

    private static string LineOf(V1.CreateTokenReply reply, ControllerOptions options, ProxyAddress? proxy)
    {
        var text = reply.Installation.Address.Length > 0 ? reply.Installation.Address : options.AdvertisedAddress;
        return ControllerAddress.TryParse(text, out var address, out var error)
            ? InstallLine.Create(address, reply.Installation.KeySha256.Span, reply.Secret, proxy)
            : throw new CommandException($"{error}: set advertise");
    }

    private static ProxyAddress? ReadProxy(string? text, string? passwordFile) =>
        ProxyPasswordFile.TryReadOptions(text, passwordFile, out var proxy, out var error) ? proxy : throw new UsageException(error);

    private static long ReadLife(string text) => DurationText.TryParse(text, out var life, out var error)
        ? (long)life.TotalMilliseconds
        : throw new UsageException($"--expires: {error!.Render(text)}");

    private static Dictionary<string, string> ReadLabels(string[] labels)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in labels)
        {
            if (!Labels.TryParse(text, out var parsed, out var error))
                throw new UsageException($"--label: {error!.Render(text)}");
            foreach (var (key, value) in parsed.Values)
                read[key.ToString()] = value;
        }

        return read;
    }

    private static string Describe(V1.Token token)
    {
        var whom = token.Kind == V1.TokenKind.Agent ? "agents" : token.Role;
        var expires = DateTimeOffset.FromUnixTimeMilliseconds(token.ExpiresMs);
        var state = token.RevokedMs > 0 ? " (revoked)" : "";
        return $"{token.Id,-20} {whom,-10} {$"{token.Uses}/{token.MaxUses}",-10} {expires,-21:u} {token.Note}{state}";
    }
}
