using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Cli.Connection;
using Fleet.Cli.Contexts;
using Fleet.Cli.Options;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Cli.Login;

/// <summary>`fleet login`: turn a token into a certificate and a context.</summary>
internal static class LoginCommand
{
    public static Command Create(CommandContext context)
    {
        var controller = new Option<string>("--controller") { Description = "Address of the controller: HOST or HOST:PORT.", HelpName = "HOST:PORT", Required = true };
        var token = new Option<string?>("--token") { Description = "Operator token. Default: $FLEET_TOKEN, then standard input.", HelpName = "TOKEN" };
        var name = new Option<string?>("--name") { Description = "Your operator name. Default: your user name.", HelpName = "NAME" };
        var command = new Command("login", "Log in to a controller with an operator token.") { controller, token, name };
        var proxy = new ProxyOptions(command, $"Proxy through which to reach the controller, saved in the context: {ProxyAddress.Forms}.");
        command.SetAction((parsed, cancellationToken) => LogInAsync(
            context,
            parsed.GetValue(controller)!,
            proxy.Read(parsed),
            parsed.GetValue(token),
            parsed.GetValue(name) ?? Environment.UserName,
            parsed.GetValue(context.ContextName) ?? "default",
            cancellationToken));
        return command;
    }

    private static async Task<int> LogInAsync(
        CommandContext context, string controller, ProxyAddress? proxy, string? tokenText, string name, string contextName, CancellationToken cancellationToken)
    {
        if (!ControllerAddress.TryParse(controller, out var address, out var addressError))
            throw CommandFailure.Usage(addressError);
        tokenText ??= Environment.GetEnvironmentVariable("FLEET_TOKEN") ?? await ReadTokenAsync(context, cancellationToken);
        if (!JoinToken.TryParse(tokenText, out var token, out var tokenError))
            throw CommandFailure.Usage(tokenError);
        if (token.Kind != JoinTokenKind.Operator)
            throw CommandFailure.Usage("this token is for agents", "create an operator token: fleet token create --operator ROLE");

        try
        {
            // 1. The root: asked for openly, believed only if it has the fingerprint that the token carries.
            var root = await FetchRootAsync(context, address, proxy, token, cancellationToken);

            // 2. The secret goes only to a server that this root vouches for.
            var trust = new PinnedTrust(root);
            using var channel = FleetClient.OpenChannel(address, LinkHandler.Pinned(trust, null, proxy));
            using var key = SigningRequest.NewKey();
            var reply = await EnrollAsync(context, channel, trust, address, token, tokenText, name, key, cancellationToken);

            // 3. Written only now, and all at once: a failed login changes nothing.
            var files = context.Contexts.Identity(contextName);
            files.SaveRoot(root.RawData);
            files.SaveIdentity(key, [.. reply.Chain.Select(c => c.ToByteArray())]);
            context.Contexts.Save(new FleetContext(contextName, address.ToString(), reply.Name, reply.Role, proxy?.ToSecretText()));
            context.Screen.Note($"logged in to {address}{(proxy is null ? "" : $" through the proxy {proxy}")} as {reply.Name} ({reply.Role}); current context: \"{contextName}\"");
            return ExitCode.Success;
        }
        catch (RpcException e)
        {
            throw CallFailures.Explain(e, address.ToString(), null);
        }
    }

    private static async Task<X509Certificate2> FetchRootAsync(
        CommandContext context, ControllerAddress address, ProxyAddress? proxy, JoinToken token, CancellationToken cancellationToken)
    {
        using var channel = FleetClient.OpenChannel(address, LinkHandler.Unverified(proxy));
        var trust = await new Enrollment.EnrollmentClient(channel)
            .GetTrustAsync(new GetTrustRequest(), deadline: context.Soon, cancellationToken: cancellationToken);
        var root = trust.FleetRoot.ToByteArray();
        if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(root), token.RootFingerprint))
        {
            throw CommandFailure.Controller(
                $"the server at {address} is not the controller that created this token: the fingerprint of its root certificate differs",
                "check the address; if it is correct, the connection may be intercepted");
        }

        return X509CertificateLoader.LoadCertificate(root);
    }

    private static async Task<EnrollOperatorReply> EnrollAsync(
        CommandContext context, ChannelBase channel, PinnedTrust trust, ControllerAddress address, JoinToken token, string tokenText, string name, ECDsa key,
        CancellationToken cancellationToken)
    {
        var request = new EnrollOperatorRequest
        {
            Token = tokenText.Trim(),
            // Trying again with the same token and key is the same enrollment.
            EnrollmentId = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..32],
            Name = name,
            Csr = Google.Protobuf.ByteString.CopyFrom(SigningRequest.Create(key, name)),
        };
        try
        {
            return await new Enrollment.EnrollmentClient(channel).EnrollOperatorAsync(request, deadline: context.Soon, cancellationToken: cancellationToken);
        }
        catch (RpcException e)
        {
            throw CallFailures.Explain(e, address.ToString(), trust);
        }
    }

    private static async Task<string> ReadTokenAsync(CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Screen.Input is not null)
        {
            await context.Screen.Err.WriteAsync("Token: ");
            await context.Screen.Err.FlushAsync(cancellationToken);
        }

        return await Console.In.ReadLineAsync(cancellationToken) ?? throw CommandFailure.Usage("no token was given", "use --token or $FLEET_TOKEN");
    }
}
