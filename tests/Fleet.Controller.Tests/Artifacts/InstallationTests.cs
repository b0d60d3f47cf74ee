using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fleet.Controller.Admission;
using Fleet.Controller.Artifacts;
using Fleet.Controller.Control;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol.Identity;
using Fleet.Storage;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Artifacts;

/// <summary>What a new host gets over the controller's TLS port, without any certificate of its own.</summary>
public sealed class InstallationTests(TestController controller) : IClassFixture<TestController>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static string ArtifactName => $"fleet-agent-{ProcessStatus.Version}-linux-x64.tar.gz";

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_host_gets_a_script_that_names_the_address_it_asked_for_and_the_key_that_answered(string httpVersion)
    {
        PutArtifacts();
        using var client = Client(out var shown);

        var script = await GetTextAsync(client, "/install.sh", Version.Parse(httpVersion));

        var lines = script.Split('\n');
        lines[0].ShouldBe("#!/bin/sh");
        lines.ShouldContain($"FLEET_CONTROLLER='{controller.Address.Authority}'");
        lines.ShouldContain($"FLEET_PIN='{InstallLine.Pin(shown().Span)}'");
        lines.ShouldContain($"FLEET_ARTIFACT='{ArtifactName}'");
        lines.ShouldContain("echo the script itself $*");
        shown().ToArray().ShouldBe(controller.Authority.ControllerKeyHash);
    }

    [Fact]
    public async Task The_agent_comes_whole_and_is_what_the_script_announces()
    {
        var content = PutArtifacts();
        using var client = Client(out _);

        var script = await GetTextAsync(client, "/install.sh", HttpVersion.Version20);
        var got = await client.GetByteArrayAsync($"/artifacts/{ArtifactName}").WaitAsync(TimeLimit.Default);

        got.ShouldBe(content);
        script.ShouldContain($"FLEET_ARTIFACT_SHA256='{Convert.ToHexStringLower(SHA256.HashData(got))}'");
    }

    [Fact]
    public async Task The_script_names_an_agent_for_each_architecture_and_all_are_given()
    {
        var x86 = PutArtifacts();
        var (directory, arm) = (controller.Options.Artifacts, RandomNumberGenerator.GetBytes(1000));
        await File.WriteAllBytesAsync(Path.Combine(directory, "fleet-agent-9.8.7-linux-arm64.tar.gz"), arm);
        var (_, admin) = await controller.EnrollOperatorAsync("of-two", OperatorRole.Admin);
        using var client = Client(out _);

        var script = await GetTextAsync(client, "/install.sh", HttpVersion.Version20);

        script.ShouldContain(
            $"FLEET_ARTIFACTS='x86_64 {ArtifactName} {ProcessStatus.Version} {Convert.ToHexStringLower(SHA256.HashData(x86))}\n"
            + $"aarch64 fleet-agent-9.8.7-linux-arm64.tar.gz 9.8.7 {Convert.ToHexStringLower(SHA256.HashData(arm))}'\n");
        // For a script of before.
        script.ShouldContain($"FLEET_ARTIFACT='{ArtifactName}'\n");
        (await client.GetByteArrayAsync("/artifacts/fleet-agent-9.8.7-linux-arm64.tar.gz").WaitAsync(TimeLimit.Default)).ShouldBe(arm);
        (await CreateTokenAsync(admin)).Installation.Agents.Select(agent => $"{agent.Architecture} {agent.Version}")
            .ShouldBe([$"x86_64 {ProcessStatus.Version}", "aarch64 9.8.7"]);

        // Of one architecture alone nothing of the other is said.
        File.Delete(Path.Combine(directory, ArtifactName));
        script = await GetTextAsync(client, "/install.sh", HttpVersion.Version20);
        script.ShouldContain("FLEET_ARTIFACTS='aarch64 ");
        script.ShouldNotContain("FLEET_ARTIFACT=");
    }

    [Fact]
    public async Task A_newer_file_of_the_same_name_is_announced_with_its_own_digest()
    {
        PutArtifacts();
        using var client = Client(out _);
        var before = await GetTextAsync(client, "/install.sh", HttpVersion.Version20);
        var file = Path.Combine(controller.Options.Artifacts, ArtifactName);
        File.WriteAllBytes(file, RandomNumberGenerator.GetBytes(1000));

        (await GetTextAsync(client, "/install.sh", HttpVersion.Version20))
            .ShouldContain(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        before.ShouldNotContain(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
    }

    [Theory]
    [InlineData("/artifacts/install.sh")]
    [InlineData("/artifacts/..%2f..%2ffleet.db")]
    [InlineData("/artifacts/fleet-agent-%24(id)-linux-x64.tar.gz")]
    [InlineData("/artifacts/fleet-agent-9-linux-x64.tar.gz")]
    public async Task Nothing_but_agents_that_are_there_is_given(string path)
    {
        PutArtifacts();
        using var client = Client(out _);

        using var answer = await client.GetAsync(path).WaitAsync(TimeLimit.Default);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_link_within_the_directory_is_followed_and_one_that_leads_out_of_it_is_refused_with_the_reason()
    {
        var content = PutArtifacts();
        var directory = controller.Options.Artifacts;
        Directory.CreateDirectory(Path.Combine(directory, "kept"));
        File.Move(Path.Combine(directory, ArtifactName), Path.Combine(directory, "kept", "agent"));
        File.CreateSymbolicLink(Path.Combine(directory, ArtifactName), Path.Combine("kept", "agent"));
        File.CreateSymbolicLink(Path.Combine(directory, "fleet-agent-9.9.9-linux-x64.tar.gz"), "/etc/hostname");
        File.CreateSymbolicLink(Path.Combine(directory, "fleet-agent-9.9.8-linux-x64.tar.gz"), "nowhere");
        File.CreateSymbolicLink(Path.Combine(directory, "fleet-agent-9.9.7-linux-x64.tar.gz"), "fleet-agent-9.9.7-linux-x64.tar.gz");
        using var client = Client(out _);

        (await client.GetByteArrayAsync($"/artifacts/{ArtifactName}").WaitAsync(TimeLimit.Default)).ShouldBe(content);
        (await GetTextAsync(client, "/install.sh", HttpVersion.Version20)).ShouldContain(Convert.ToHexStringLower(SHA256.HashData(content)));
        foreach (var (name, reason) in new[] { ("9.9.9", "is broken or points outside"), ("9.9.8", ""), ("9.9.7", "") })
        {
            using var refused = await client.GetAsync($"/artifacts/fleet-agent-{name}-linux-x64.tar.gz").WaitAsync(TimeLimit.Default);
            refused.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await refused.Content.ReadAsStringAsync()).ShouldContain(reason);
        }
    }

    [Fact]
    public async Task Strangers_have_few_places_each_and_leave_those_of_agents_alone()
    {
        PutArtifacts();
        var places = controller.Get<ArtifactPlaces>();
        var taken = Enumerable.Range(0, 4).Select(_ => places.TryTakeAnonymous(PeerSource.Of(IPAddress.Loopback)).ShouldNotBeNull()).ToList();
        using var client = Client(out _);

        using (var refused = await client.GetAsync($"/artifacts/{ArtifactName}").WaitAsync(TimeLimit.Default))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }

        // Others have places, up to a bound, and agents have theirs.
        var others = Enumerable.Range(1, 20).Select(i => places.TryTakeAnonymous(PeerSource.Of(new IPAddress([10, 0, 0, (byte)i])))).OfType<IDisposable>().ToList();
        others.Count.ShouldBe(12);
        using (places.TryTake("a-1").ShouldNotBeNull())
        using (places.TryTake("a-1").ShouldNotBeNull())
            places.TryTake("a-1").ShouldBeNull();
        taken.ForEach(place => place.Dispose());
        others.ForEach(place => place.Dispose());
        (await client.GetByteArrayAsync($"/artifacts/{ArtifactName}").WaitAsync(TimeLimit.Default)).Length.ShouldBe(300_000);
    }

    [Fact]
    public async Task A_stranger_that_does_not_read_is_cut_off_and_its_place_is_free_again()
    {
        PutArtifacts(64 << 20);
        using var client = Client(out _);
        // Headers alone are read: the windows of the stream and the connection fill, and nothing moves on.
        using var answer = await client.GetAsync($"/artifacts/{ArtifactName}", HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeLimit.Default);
        var places = controller.Get<ArtifactPlaces>();
        places.AnonymousTaken.ShouldBe(1);

        var seconds = 0;
        for (; places.AnonymousTaken > 0 && seconds < 200; seconds++)
        {
            controller.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        // Long before the time of a whole download is up.
        seconds.ShouldBeInRange(5, 199);
        await Should.ThrowAsync<Exception>(answer.Content.CopyToAsync(Stream.Null).WaitAsync(TimeLimit.Default));
    }

    [Theory]
    [InlineData("fleet.example:7443", "fleet.example:7443")]
    [InlineData("fleet.example", "fleet.example:443")]
    [InlineData("[2001:db8::1]:7443", "[2001:db8::1]:7443")]
    [InlineData("10.0.0.7:7443", "10.0.0.7:7443")]
    [InlineData("x';reboot;'", null)]
    [InlineData("$(reboot):7443", null)]
    [InlineData("", null)]
    public void Only_an_address_gets_from_the_Host_header_into_the_script(string host, string? expected)
    {
        InstallScript.TryReadAddress(host, out var address).ShouldBe(expected is not null);
        address?.ToString().ShouldBe(expected);
    }

    [Fact]
    public async Task A_token_for_installing_says_what_its_line_is_made_of()
    {
        PutArtifacts();
        var (_, admin) = await controller.EnrollOperatorAsync("installer", OperatorRole.Admin);

        var reply = await CreateTokenAsync(admin);

        reply.Installation.KeySha256.ToByteArray().ShouldBe(controller.Authority.ControllerKeyHash);
        reply.Installation.AgentVersion.ShouldBe(ProcessStatus.Version);
        reply.Secret.ShouldStartWith("fleet1.a.");
    }

    [Fact]
    public async Task Without_an_agent_to_give_no_token_for_installing_is_made()
    {
        controller.Set(o => o with { Artifacts = _directory.New("nothing") });
        var (_, admin) = await controller.EnrollOperatorAsync("hopeful", OperatorRole.Admin);
        var before = (await controller.Store.Tokens.ListAsync(CancellationToken.None)).Count;

        var refused = await Should.ThrowAsync<RpcException>(CreateTokenAsync(admin));

        refused.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        refused.Status.Detail.ShouldContain(controller.Options.Artifacts);
        (await controller.Store.Tokens.ListAsync(CancellationToken.None)).Count.ShouldBe(before);
        using var client = Client(out _);
        using var answer = await client.GetAsync("/install.sh").WaitAsync(TimeLimit.Default);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [ToolFact("curl")]
    public async Task The_line_runs_the_script_that_the_pinned_key_gives_and_fails_where_there_is_none()
    {
        PutArtifacts();
        var (key, address) = (controller.Authority.ControllerKeyHash, new ControllerAddress("127.0.0.1", controller.Address.Port));

        (await TypeAsync(InstallLine.Create(address, key, "fleet1.a.x", null))).ShouldBe((0, "the script itself --token fleet1.a.x\n", ""));

        // CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_COULDNT_CONNECT.
        await ShouldFailAsync(InstallLine.Create(address, new byte[32], "fleet1.a.x", null), "curl: (90) ");
        await ShouldFailAsync(InstallLine.Create(new ControllerAddress("127.0.0.1", UnusedPort()), key, "fleet1.a.x", null), "curl: (7) ");
        // CURLE_HTTP_RETURNED_ERROR: there is no agent to give.
        controller.Set(o => o with { Artifacts = _directory.New("nothing") });
        await ShouldFailAsync(InstallLine.Create(address, key, "fleet1.a.x", null), "curl: (22) ");
    }

    [Fact]
    public void The_line_may_stand_between_double_quotes() =>
        InstallLine.Create(new ControllerAddress("fleet.example", 7443), new byte[32], "fleet1.a.x", null).IndexOfAny(['$', '"', '`', '!']).ShouldBe(-1);

    [Fact]
    public void The_line_through_a_proxy_may_too_whatever_its_password_is() =>
        InstallLine.Create(new ControllerAddress("fleet.example", 7443), new byte[32], "fleet1.a.x", new ProxyAddress(ProxyKind.Http, "proxy", 3128, "ann", "$\"`!'\\ ~"))
            .IndexOfAny(['$', '"', '`', '!', '~']).ShouldBe(-1);

    private Task<V1.CreateTokenReply> CreateTokenAsync(X509Certificate2 admin) =>
        new V1.Tokens.TokensClient(controller.Connect(admin)).CreateTokenAsync(new V1.CreateTokenRequest
        {
            Kind = V1.TokenKind.Agent, LifetimeMs = 60_000, MaxUses = 1, Install = true,
        }).ResponseAsync.WaitAsync(TimeLimit.Default);

    private async Task ShouldFailAsync(string line, string why)
    {
        var (code, output, errors) = await TypeAsync(line);
        code.ShouldBe(1, errors);
        output.ShouldBe("");
        errors.ShouldContain(why);
    }

    // At a shell, with a sudo that does no more than start what it is given.
    private async Task<(int Code, string Output, string Errors)> TypeAsync(string line)
    {
        var programs = Directory.CreateDirectory(_directory.New("programs")).FullName;
        var sudo = Path.Combine(programs, "sudo");
        File.WriteAllText(sudo, "#!/bin/sh\nexec \"$@\"\n");
        File.SetUnixFileMode(sudo, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{programs}:{start.Environment["PATH"]}";
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync().WaitAsync(TimeLimit.Default);
        return (shell.ExitCode, await output.WaitAsync(TimeLimit.Default), await errors.WaitAsync(TimeLimit.Default));
    }

    // Nobody listens where somebody did a moment ago.
    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private byte[] PutArtifacts(int bytes = 300_000)
    {
        var directory = Directory.CreateDirectory(_directory.New("artifacts")).FullName;
        var content = RandomNumberGenerator.GetBytes(bytes);
        File.WriteAllBytes(Path.Combine(directory, ArtifactName), content);
        File.WriteAllText(Path.Combine(directory, "install.sh"), "echo the script itself $*\n");
        controller.Set(o => o with { Artifacts = directory });
        return content;
    }

    private static async Task<string> GetTextAsync(HttpClient client, string path, Version version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.SendAsync(request).WaitAsync(TimeLimit.Default);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Version.ShouldBe(version);
        return await answer.Content.ReadAsStringAsync().WaitAsync(TimeLimit.Default);
    }

    // As curl does with -k and a pin: any certificate, and a look at its key.
    [SuppressMessage("Security", "CA5359", Justification = "The key is what the test looks at.")]
    private HttpClient Client(out Func<ReadOnlyMemory<byte>> shownKeyHash)
    {
        byte[]? hash = null;
        shownKeyHash = () => hash;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            hash = SHA256.HashData(((X509Certificate2)certificate!).PublicKey.ExportSubjectPublicKeyInfo());
            return true;
        };
        return new HttpClient(handler) { BaseAddress = controller.Address };
    }
}
