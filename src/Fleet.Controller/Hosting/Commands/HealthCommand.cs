using System.CommandLine;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Protocol.Units;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>health</c>: does a controller serve? For load balancers, containers and scripts.</summary>
internal static class HealthCommand
{
    private const int Serving = 0;
    private const int NotServing = 1;

    /// <summary>Makes the command.</summary>
    public static Command Create(SettingFlags flags, TextWriter output)
    {
        var address = new Option<string?>("--address")
        {
            Description = "Address of the controller, over TLS; its certificate is not verified. Default: the controller on this host.", HelpName = "HOST[:PORT]",
        };
        var timeout = new Option<string>("--timeout") { Description = "How long to wait.", HelpName = "DURATION", DefaultValueFactory = _ => "5s" };
        var command = new Command("health", "Check whether the controller is serving. The exit code is 0 if it is, else 1.") { address, timeout };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!DurationText.TryParse(parsed.GetValue(timeout)!, out var patience, out var error))
                throw new UsageException($"--timeout: {error!.Render(parsed.GetValue(timeout)!)}");
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(patience);
            var (code, said) = await AskAsync(parsed.GetValue(address), () => flags.Read(parsed), limit.Token);
            await output.WriteLineAsync(said);
            return code;
        });
        return command;
    }

    private static async Task<(int Code, string Said)> AskAsync(string? address, Func<ControllerOptions> options, CancellationToken limit)
    {
        try
        {
            using var channel = address is null ? await OpenLocalAsync(options(), limit) : Open(address);
            var answer = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest(), cancellationToken: limit);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving ? (Serving, "serving") : (NotServing, "not serving");
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return (NotServing, "no answer in time");
        }
        catch (RpcException e)
        {
            return (NotServing, $"not serving: {e.Reason()}");
        }
    }

    private static async Task<GrpcChannel> OpenLocalAsync(ControllerOptions options, CancellationToken limit)
    {
        var socket = new DataDirectory(options.Data).SocketPath;
        return await LocalChannel.TryOpenAsync(socket, limit) ?? throw new CommandException($"no controller is running here: no answer on {socket}");
    }

    private static GrpcChannel Open(string address) => ControllerAddress.TryParse(address, out var controller, out var error)
        ? LinkChannel.Open(controller.ToUri(), LinkHandler.Unverified())
        : throw new UsageException($"--address: {error}");
}
