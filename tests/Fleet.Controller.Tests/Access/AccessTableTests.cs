using System.Reflection;
using Fleet.Controller.Access;
using Fleet.Controller.Identity;
using Fleet.Storage;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Access;

public sealed class AccessTableTests
{
    private static readonly CallerIdentity s_nobody = new CallerIdentity.Anonymous("");
    private static readonly CallerIdentity s_agent = new CallerIdentity.Agent("a-1", "web1");

    // The contract's, and the library's that the controller offers.
    private static readonly ServiceDescriptor[] s_services =
    [
        .. typeof(V1.Token).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null))
            .OfType<FileDescriptor>()
            .SelectMany(file => file.Services),
        Health.Descriptor,
        Grpc.Reflection.V1.ServerReflection.Descriptor,
        Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
    ];

    internal static IEnumerable<string> Services => s_services.Select(service => service.FullName);

    [Fact]
    public void Every_method_of_every_service_has_a_rule_and_no_rule_is_left_over()
    {
        var methods = s_services.SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}")).ToList();

        methods.Count.ShouldBeGreaterThan(20);
        AccessTable.Methods.ShouldBe(methods, ignoreOrder: true);
    }

    [Fact]
    public void Nobody_reaches_more_than_the_enrollment_and_whether_the_controller_serves() =>
        AccessTable.Methods.Where(method => AccessTable.Find(method)!.Admits(s_nobody) && !method.StartsWith("/fleet.v1.Enrollment/", StringComparison.Ordinal))
            .ShouldBe(["/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"], ignoreOrder: true);

    [Fact]
    public void An_agent_reaches_only_its_link_and_its_own_versions_besides() =>
        AccessTable.Methods.Where(method => AccessTable.Find(method)!.Admits(s_agent) && !AccessTable.Find(method)!.Admits(s_nobody))
            .ShouldBe(["/fleet.v1.AgentLink/Connect", "/fleet.v1.AgentLink/Leave", "/fleet.v1.Artifacts/FetchArtifact"], ignoreOrder: true);

    [Fact]
    public void Each_role_reaches_what_the_one_before_it_reaches_and_more()
    {
        var viewer = ReachOf(OperatorRole.Viewer);
        var runner = ReachOf(OperatorRole.Operator);
        var admin = ReachOf(OperatorRole.Admin);

        viewer.IsProperSubsetOf(runner).ShouldBeTrue();
        runner.IsProperSubsetOf(admin).ShouldBeTrue();
        viewer.ShouldNotContain("/fleet.v1.Jobs/CreateJob");
        runner.ShouldContain("/fleet.v1.Jobs/CreateJob");
        runner.ShouldNotContain("/fleet.v1.Tokens/CreateToken");
        admin.ShouldNotContain("/fleet.v1.AgentLink/Connect");
    }

    [Fact]
    public void What_changes_something_leaves_a_line_in_the_log() =>
        AccessTable.Methods.Where(method => !AccessTable.Find(method)!.IsAudited && AccessTable.Find(method)!.Level > AccessLevel.Agent)
            .ShouldAllBe(method => IsReading(method));

    private static bool IsReading(string method)
    {
        var name = method[(method.LastIndexOf('/') + 1)..];
        return name.StartsWith("Get", StringComparison.Ordinal) || name.StartsWith("List", StringComparison.Ordinal)
            || name is "SearchHits" or "WatchJob" or "PreviewTarget" or "ExplainTarget" or "WhoAmI" or "ServerReflectionInfo";
    }

    private static HashSet<string> ReachOf(OperatorRole role) =>
        [.. AccessTable.Methods.Where(method => AccessTable.Find(method)!.Admits(new CallerIdentity.Operator("o-1", "ada", role)))];
}
