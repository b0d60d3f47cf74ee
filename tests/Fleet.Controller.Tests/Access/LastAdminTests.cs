using Fleet.Controller.Tests.Hosting;
using Fleet.Storage;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Access;

public sealed class LastAdminTests(TestController controller) : IClassFixture<TestController>
{
    [Fact]
    public async Task The_last_admin_cannot_be_revoked()
    {
        var (_, admin) = await controller.EnrollOperatorAsync("only", OperatorRole.Admin);
        var client = new V1.Operators.OperatorsClient(controller.Connect(admin));

        var refused = await Should.ThrowAsync<RpcException>(
            client.RevokeOperatorAsync(new V1.RevokeOperatorRequest { Name = "only" }).ResponseAsync.WaitAsync(TimeLimit.Default));

        refused.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        await controller.EnrollOperatorAsync("second", OperatorRole.Admin);
        await client.RevokeOperatorAsync(new V1.RevokeOperatorRequest { Name = "only" }).ResponseAsync.WaitAsync(TimeLimit.Default);
    }
}
