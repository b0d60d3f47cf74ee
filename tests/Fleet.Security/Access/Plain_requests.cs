using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Fleet.Security.Client;

namespace Fleet.Security.Access;

/// <summary>What anybody gets with a plain request: the install script and artifacts, and nothing of the disk.</summary>
[Collection(OneFleet.Name)]
public sealed class Plain_requests(FleetUnderAttack fleet)
{
    public static TheoryData<string> Paths =>
    [
        "/", "/index.html", "/install.sh/x", "/install.sh.bak", "/artifacts", "/artifacts/", "/artifacts/nothing", "/artifacts/..", "/artifacts/../trust/fleet-root.key",
        "/artifacts/%2e%2e/trust/fleet-root.key", "/artifacts/..%2ftrust%2ffleet-root.key", "/artifacts/%2e%2e%2ftrust", "/artifacts/..%5ctrust",
        "/artifacts/a%0d%0aX-Injected:%201", "/artifacts//etc/passwd", "/artifacts/%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/fleet.db", "/trust/controller.key",
        "/artifacts/fleet-agent-../../etc/passwd", "/.well-known/x", $"/artifacts/{FleetUnderAttack.LinkedArtifact}", $"/artifacts/{FleetUnderAttack.Artifact}/x", "/artifacts/install.sh",
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

    // The table is compared with the controller's list of endpoints by Fleet.Controller.Tests.
    private static readonly string[][] s_routes = [.. ReviewedTable.Read("routes.tsv")];

    [Theory]
    [MemberData(nameof(FleetUnderAttack.Callers), MemberType = typeof(FleetUnderAttack))]
    public async Task A_caller_gets_what_the_table_gives_him_by_its_verb_alone(string caller)
    {
        using var client = fleet.ConnectAs(caller);
        var wrong = new List<string>();
        foreach (var cells in s_routes)
        {
            cells[2].ShouldBe("anyone", "other levels have no test yet: write it along with the first such route");
            var path = cells[1].Replace("{name}", FleetUnderAttack.Artifact, StringComparison.Ordinal);
            foreach (var verb in new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND" })
            {
                using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Version = HttpVersion.Version20 };
                using var response = await client.Http.SendAsync(request);
                var body = await response.Content.ReadAsByteArrayAsync();
                var isGiven = response.StatusCode == HttpStatusCode.OK && body.Length > 0;
                if (isGiven != (verb == cells[0]) || (!isGiven && (int)response.StatusCode is < 400 or > 499))
                    wrong.Add($"{caller} {verb} {path}: {(int)response.StatusCode}, {body.Length} bytes");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("x';id;'")]
    [InlineData("$(id)")]
    [InlineData("`id`")]
    [InlineData("a b")]
    [InlineData("x\"y")]
    [InlineData("x/../y")]
    [InlineData("-rf:1")]
    public async Task A_Host_header_that_is_no_address_gets_into_no_script(string host)
    {
        // A client of any library would refuse to send it.
        var answer = await AnswerAsync($"GET /install.sh HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldNotContain("FLEET_CONTROLLER");
        (await AnswerAsync($"GET /install.sh HTTP/1.1\r\nHost: {fleet.Address}\r\nConnection: close\r\n\r\n")).ShouldContain($"FLEET_CONTROLLER='{fleet.Address}'");
    }

    [SuppressMessage("Security", "CA5359", Justification = "An attacker does not care whom he talks to.")]
    private async Task<string> AnswerAsync(string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, fleet.Fleet.Controller.Port, limit.Token);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "x", RemoteCertificateValidationCallback = (_, _, _, _) => true }, limit.Token);
        await tls.WriteAsync(Encoding.UTF8.GetBytes(request), limit.Token);
        using var reader = new StreamReader(tls);
        return await reader.ReadToEndAsync(limit.Token);
    }
}
