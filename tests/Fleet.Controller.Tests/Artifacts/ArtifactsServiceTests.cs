using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Fleet.Controller.Tests.Hosting;
using Fleet.Protocol;
using Fleet.Storage;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Artifacts;

/// <summary>Artifacts are brought by admins, found by operators and fetched by agents, over TLS and each with an identity.</summary>
public sealed class ArtifactsServiceTests(TestController controller) : IClassFixture<TestController>, IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private V1.Artifacts.ArtifactsClient _admin = null!;
    private V1.Artifacts.ArtifactsClient _agent = null!;

    public async Task InitializeAsync()
    {
        controller.Set(o => o with { Artifacts = _directory.New("artifacts") });
        Directory.CreateDirectory(controller.Options.Artifacts);
        var name = Guid.NewGuid().ToString("n")[..8];
        _admin = new(controller.Connect((await controller.EnrollOperatorAsync("a" + name, OperatorRole.Admin)).Identity));
        _agent = new(controller.Connect((await controller.EnrollAgentAsync("web-" + name)).Identity));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_an_admin_brings_an_agent_fetches_from_any_offset_on()
    {
        var content = RandomNumberGenerator.GetBytes((3 * Limits.ChunkBytes) + 17);
        var artifact = await PutAsync("4.5.6", content);
        artifact.FileName.ShouldBe("fleet-agent-4.5.6-linux-x64.tar.gz");

        (await FetchAsync(artifact.Sha256, 0)).ShouldBe(content);
        (await FetchAsync(artifact.Sha256, 100_000)).ShouldBe(content[100_000..]);
        (await FetchAsync(artifact.Sha256, (ulong)content.Length)).ShouldBeEmpty();

        // Once more, which is harmless.
        (await PutAsync("4.5.6", content)).ShouldBe(artifact);
        (await ListAsync("4.5.6")).ShouldHaveSingleItem().ShouldBe(artifact);
    }

    [Fact]
    public async Task Two_artifacts_of_one_version_are_told_apart_by_their_digests()
    {
        var first = await PutAsync("5.0.0", [1]);
        var second = await PutAsync("5.0.0", [2]);

        (await ListAsync("5.0.0")).ShouldBe([first, second], ignoreOrder: true);
        (await FetchAsync(first.Sha256, 0)).ShouldBe([1]);
        (await FetchAsync(second.Sha256, 0)).ShouldBe([2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_program_is_for_is_read_out_of_it(bool isTarball)
    {
        var name = isTarball ? "11.0.0" : "11.0.1";
        var (x86, arm) = (await ArtifactOfAsync(62, isTarball), await ArtifactOfAsync(183, isTarball));

        (await PutAsync(name, x86)).Architecture.ShouldBe(Architectures.X86);
        var artifact = await PutAsync(name, arm);
        artifact.FileName.ShouldBe($"fleet-agent-{name}-linux-arm64.tar.gz");
        (await ListAsync(name)).Select(a => a.Architecture).ShouldBe([Architectures.X86, Architectures.Arm], ignoreOrder: true);

        // What is to be for one and is for the other is refused, and so is what there are no agents for.
        var head = new V1.Artifact { Version = name, Architecture = Architectures.X86, SizeBytes = (ulong)arm.Length + 1 };
        var refusal = await RefusedAsync(head, [.. arm, 0]);
        refusal.ShouldBe("architecture: it is to be an agent for x86_64, and the program in it is for aarch64");
        var riscv = await ArtifactOfAsync(243, isTarball);
        refusal = await RefusedAsync(new V1.Artifact { Version = name, SizeBytes = (ulong)riscv.Length }, riscv);
        refusal.ShouldBe("architecture: riscv64; there are agents for x86_64 and aarch64");
    }

    private async Task<string> RefusedAsync(V1.Artifact head, byte[] content)
    {
        head.Sha256 = ByteString.CopyFrom(SHA256.HashData(content));
        var refusal = await Should.ThrowAsync<RpcException>(() => PutAsync(head, content));
        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        return refusal.Status.Detail;
    }

    private static async Task<byte[]> ArtifactOfAsync(byte machine, bool isTarball)
    {
        byte[] program = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, .. new byte[12], machine, .. RandomNumberGenerator.GetBytes(100)];
        // The machine has two bytes.
        program[19] = 0;
        if (!isTarball)
            return program;
        using var content = new MemoryStream();
        await using (var gzip = new GZipStream(content, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "fleet-agent-1/LICENSE") { DataStream = new MemoryStream(new byte[1000]) });
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "fleet-agent-1/fleet-agent") { DataStream = new MemoryStream(program) });
        }

        return content.ToArray();
    }

    [Fact]
    public async Task A_file_that_is_put_on_the_shelf_while_the_controller_runs_is_found()
    {
        await File.WriteAllBytesAsync(Path.Combine(controller.Options.Artifacts, ArtifactNames.Of("6.0.0")), [6]);

        var found = (await ListAsync("6.0.0")).ShouldHaveSingleItem();
        (await FetchAsync(found.Sha256, 0)).ShouldBe([6]);
    }

    [Theory]
    [InlineData("../../etc", 3, true, "version")]
    [InlineData("7.0.0", 4, true, "3 came")]
    [InlineData("7.0.0", 2, true, "more than 2")]
    [InlineData("7.0.0", 3, false, "sha256")]
    public async Task What_is_not_what_its_head_says_is_refused_and_leaves_nothing(string version, ulong size, bool isRightDigest, string reason)
    {
        byte[] content = [1, 2, 3];
        var head = new V1.Artifact { Version = version, SizeBytes = size, Sha256 = ByteString.CopyFrom(SHA256.HashData(isRightDigest ? content : [9])) };

        var refusal = await Should.ThrowAsync<RpcException>(() => PutAsync(head, content));

        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain(reason);
        (await ListAsync("7.0.0")).ShouldBeEmpty();
        Directory.GetFiles(controller.Options.Data, "*.incoming", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_digest_is_not_found_and_an_offset_behind_the_end_is_refused()
    {
        (await Should.ThrowAsync<RpcException>(() => FetchAsync(ByteString.CopyFrom(new byte[32]), 0))).StatusCode.ShouldBe(StatusCode.NotFound);
        var artifact = await PutAsync("8.0.0", [8]);
        (await Should.ThrowAsync<RpcException>(() => FetchAsync(artifact.Sha256, 2))).StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task What_was_brought_is_removed_and_what_came_with_the_controller_is_not()
    {
        var brought = await PutAsync("10.0.0", [10]);
        await File.WriteAllBytesAsync(Path.Combine(controller.Options.Artifacts, ArtifactNames.Of("10.0.1")), [10, 1]);
        var shipped = (await ListAsync("10.0.1")).ShouldHaveSingleItem();
        (brought.Uploaded, shipped.Uploaded).ShouldBe((true, false));

        (await RemoveAsync(brought.Sha256)).ShouldBe(brought);
        (await ListAsync("10.0.0")).ShouldBeEmpty();
        (await Should.ThrowAsync<RpcException>(() => FetchAsync(brought.Sha256, 0))).StatusCode.ShouldBe(StatusCode.NotFound);
        (await Should.ThrowAsync<RpcException>(() => RemoveAsync(brought.Sha256))).StatusCode.ShouldBe(StatusCode.NotFound);
        (await Should.ThrowAsync<RpcException>(() => RemoveAsync(ByteString.CopyFrom(1, 2)))).StatusCode.ShouldBe(StatusCode.InvalidArgument);

        var refusal = await Should.ThrowAsync<RpcException>(() => RemoveAsync(shipped.Sha256));
        refusal.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        refusal.Status.Detail.ShouldContain(controller.Options.Artifacts);
        (await ListAsync("10.0.1")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_oldest_that_were_brought_make_room()
    {
        for (var i = 0; i < 20; i++)
            await PutAsync($"9.0.{i}", [9, (byte)i]);

        var left = (await ListAsync("")).Select(a => a.Version).Where(v => v.StartsWith("9.0.", StringComparison.Ordinal)).ToList();
        left.Count.ShouldBeLessThanOrEqualTo(16);
        left.ShouldContain("9.0.19");
    }

    private Task<V1.Artifact> PutAsync(string version, byte[] content) =>
        PutAsync(new V1.Artifact { Version = version, SizeBytes = (ulong)content.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(content)) }, content);

    private async Task<V1.Artifact> PutAsync(V1.Artifact head, byte[] content)
    {
        using var call = _admin.PutArtifact();
        try
        {
            await call.RequestStream.WriteAsync(new V1.PutArtifactRequest { Head = head });
            foreach (var piece in content.Chunk(Limits.ChunkBytes))
                await call.RequestStream.WriteAsync(new V1.PutArtifactRequest { Data = ByteString.CopyFrom(piece) });
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // Answered already.
        }

        return await call.ResponseAsync.WaitAsync(TimeLimit.Default);
    }

    private Task<V1.Artifact> RemoveAsync(ByteString sha256) =>
        _admin.RemoveArtifactAsync(new V1.RemoveArtifactRequest { Sha256 = sha256 }).ResponseAsync.WaitAsync(TimeLimit.Default);

    private async Task<byte[]> FetchAsync(ByteString sha256, ulong offset)
    {
        using var call = _agent.FetchArtifact(new V1.FetchArtifactRequest { Sha256 = sha256, Offset = offset });
        using var content = new MemoryStream();
        while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TimeLimit.Default))
        {
            call.ResponseStream.Current.Offset.ShouldBe(offset + (ulong)content.Length);
            content.Write(call.ResponseStream.Current.Data.Span);
        }

        return content.ToArray();
    }

    private async Task<IReadOnlyList<V1.Artifact>> ListAsync(string version) =>
        (await _admin.ListArtifactsAsync(new V1.ListArtifactsRequest { Version = version }).ResponseAsync.WaitAsync(TimeLimit.Default)).Artifacts;
}
