using System.Net;
using Fleet.Security.Client;

namespace Fleet.Security.Access;

/// <summary>What anybody gets with a plain request: the install script and artifacts, and nothing of the disk.</summary>
[Collection(OneFleet.Name)]
public sealed class Plain_requests(FleetUnderAttack fleet)
{
    public static TheoryData<string> Paths =>
    [
        "/", "/index.html", "/install.sh/", "/INSTALL.SH", "/artefacts", "/artefacts/", "/artefacts/nothing", "/artefacts/..", "/artefacts/../trust/fleet-root.key",
        "/artefacts/%2e%2e/trust/fleet-root.key", "/artefacts/..%2ftrust%2ffleet-root.key", "/artefacts/%2e%2e%2ftrust", "/artefacts/..%5ctrust",
        "/artefacts/a%0d%0aX-Injected:%201", "/artefacts//etc/passwd", "/artefacts/%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/fleet.db", "/trust/controller.key",
        "/artefacts/fleet-agent-../../etc/passwd", "/.well-known/x",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task A_path_that_is_none_is_refused_without_a_word_of_the_inside(string path)
    {
        using var client = new ForeignClient(fleet.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{fleet.Address}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = HttpVersion.Version20,
        };

        using var response = await client.Http.SendAsync(request);

        ((int)response.StatusCode).ShouldBeInRange(400, 499);
        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.Contains("X-Injected").ShouldBeFalse();
        var body = await response.Content.ReadAsStringAsync();
        foreach (var word in new[] { "Exception", "   at ", fleet.Fleet.Controller.DataDirectory, "PRIVATE KEY", "root:" })
            body.ShouldNotContain(word);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("TRACE")]
    [InlineData("PATCH")]
    public async Task A_verb_other_than_GET_changes_nothing(string verb)
    {
        using var client = new ForeignClient(fleet.Address);
        foreach (var path in new[] { "/install.sh", "/artefacts/fleet-agent" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Version = HttpVersion.Version20 };
            using var response = await client.Http.SendAsync(request);
            ((int)response.StatusCode).ShouldBeInRange(400, 499);
        }
    }
}
