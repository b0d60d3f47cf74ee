using System.Runtime.Versioning;
using Fleet.Controller.Hosting;
using Fleet.Controller.Tests.Hosting;
using Fleet.Storage;

namespace Fleet.Controller.Tests.Interop;

/// <summary>Foreign clients against the controller: python3-grpcio through its socket, since it compares names of hosts, and @grpc/grpc-js over TLS.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ForeignClientTests(TestController controller) : IClassFixture<TestController>
{
    [ToolFact("python3-grpcio", "python3-protobuf")]
    public async Task A_client_of_python3_grpcio_plays_all_cases()
    {
        string[] cases =
        [
            "unary", "large_answer", "server_streaming_and_cancel", "client_streaming", "duplex", "error_text", "deadline", "too_large", "gzip", "gzip_too_large",
            "unimplemented", "health",
        ];
        using var directory = new TemporaryDirectory();
        var socket = new DataDirectory(controller.Options.Data).SocketPath;

        var (output, errors) = await Foreigner.PlayAsync(Foreigner.Python, directory, [$"unix:{socket}"], cases);

        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(cases.Select(name => $"passed {name}"), errors);
    }

    [ToolFact("nodejs", "npm", "npm:@grpc/grpc-js@1.14.7")]
    public async Task A_client_of_grpc_js_plays_all_cases()
    {
        string[] cases =
        [
            "nobody_gets_the_roots", "nobody_is_told_to_enroll", "unary", "server_streaming_and_cancel", "client_streaming", "duplex", "error_text", "deadline", "too_large",
        ];
        using var directory = new TemporaryDirectory();
        Foreigner.Write(directory, "agent", (await controller.EnrollAgentAsync("host1")).Identity);
        Foreigner.Write(directory, "operator", (await controller.EnrollOperatorAsync("ada", OperatorRole.Admin)).Identity);
        await File.WriteAllTextAsync(directory.New("root.pem"), controller.Authority.Fleet.Certificate.ExportCertificatePem());

        var (output, errors) = await Foreigner.PlayAsync(Foreigner.Node, directory, [controller.Address.Authority, directory.Path], cases);

        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(cases.Select(name => $"passed {name}"), errors);
    }
}
