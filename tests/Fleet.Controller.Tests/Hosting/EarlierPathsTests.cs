using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Access;
using Fleet.Controller.Hosting;
using Grpc.Core;

namespace Fleet.Controller.Tests.Hosting;

/// <summary>A call under an earlier path is the same call: routed, allowed and refused as under the current one.</summary>
public sealed class EarlierPathsTests(TestController controller) : IClassFixture<TestController>
{
    public static TheoryData<string> Earlier => [.. EarlierPaths.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Earlier))]
    public async Task It_is_answered_as_the_current_path_is_to_agents_and_to_strangers(string earlier)
    {
        var current = EarlierPaths.All[earlier];
        AccessTable.Methods.ShouldContain(current);
        var (_, agent) = await controller.EnrollAgentAsync($"path-{Guid.NewGuid():N}"[..20]);

        foreach (var identity in (X509Certificate2?[])[null, agent])
        {
            var answer = await AnswerAsync(earlier, identity);
            answer.ShouldNotStartWith(nameof(StatusCode.Unimplemented));
            answer.ShouldBe(await AnswerAsync(current, identity));
        }

        // The comparison can fail.
        (await AnswerAsync(earlier + "s", agent)).ShouldStartWith(nameof(StatusCode.Unimplemented));
    }

    // An empty request, and what comes of it.
    private async Task<string> AnswerAsync(string path, X509Certificate2? identity)
    {
        var bytes = Marshallers.Create(message => message, message => message);
        var method = new Method<byte[], byte[]>(MethodType.Unary, path.Split('/')[1], path.Split('/')[2], bytes, bytes);
        try
        {
            using var call = controller.Connect(identity).CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(), []);
            return Convert.ToHexString(await call.ResponseAsync.WaitAsync(TimeLimit.Default));
        }
        catch (RpcException e)
        {
            return $"{e.StatusCode}: {e.Status.Detail}";
        }
    }
}
