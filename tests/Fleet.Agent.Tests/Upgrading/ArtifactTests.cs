using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Fleet.Agent.Tests.Link;
using Fleet.Agent.Upgrading;
using Fleet.Protocol.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Fleet.Agent.Tests.Upgrading;

public sealed class ArtifactTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Part => Path.Combine(_directory.Path, "artifact.part");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_artifact_comes_whole_over_a_line_that_is_cut_and_no_byte_comes_twice()
    {
        var content = RandomNumberGenerator.GetBytes(200_000);
        var offsets = new List<ulong>();
        await using var controller = await ScriptedController.StartAsync(fetch: async (request, chunks) =>
        {
            offsets.Add(request.Offset);
            await SendAsync(content, (int)request.Offset, Math.Min(content.Length, (int)request.Offset + 90_000), chunks);
            if (request.Offset + 90_000 < (ulong)content.Length)
                throw new RpcException(new Status(StatusCode.Unavailable, "cut"));
        });

        (await FetchAsync(controller, Order(content))).ShouldBe(2);

        (await File.ReadAllBytesAsync(Part)).ShouldBe(content);
        offsets.ShouldBe([0, 90_000, 180_000]);
    }

    [Fact]
    public async Task What_is_there_already_is_not_fetched_again()
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        await File.WriteAllBytesAsync(Part, content);
        await using var controller = await ScriptedController.StartAsync();

        await FetchAsync(controller, Order(content));
    }

    [Fact]
    public async Task What_an_earlier_process_left_and_a_power_cut_damaged_is_fetched_anew()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        await File.WriteAllBytesAsync(Part, new byte[60_000]);
        var offsets = new List<ulong>();
        await using var controller = await ScriptedController.StartAsync(fetch: (request, chunks) =>
        {
            offsets.Add(request.Offset);
            return SendAsync(content, (int)request.Offset, content.Length, chunks);
        });

        await FetchAsync(controller, Order(content));

        (await File.ReadAllBytesAsync(Part)).ShouldBe(content);
        offsets.ShouldBe([60_000, 0]);
    }

    [Fact]
    public async Task A_controller_that_ends_the_transfer_early_is_not_asked_again_without_a_pause()
    {
        var requests = 0;
        await using var controller = await ScriptedController.StartAsync(fetch: (_, _) =>
        {
            Interlocked.Increment(ref requests);
            return Task.CompletedTask;
        });
        using var connection = new PlainDialer(controller.Address).Dial();
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));

        await Should.ThrowAsync<OperationCanceledException>(new ArtifactFetch(new LinkRoute { Channel = connection.Channel }, TimeProvider.System)
            .FetchAsync(Order([1]), Part, limit.Token).WaitAsync(ScriptedController.Patience));

        requests.ShouldBe(1);
    }

    [Fact]
    public async Task A_full_disk_ends_it_with_a_word_about_the_disk()
    {
        File.CreateSymbolicLink(Part, "/dev/full");
        var content = RandomNumberGenerator.GetBytes(1000);
        await using var controller = await ScriptedController.StartAsync(fetch: (_, chunks) => SendAsync(content, 0, content.Length, chunks));

        var refused = await Should.ThrowAsync<UpgradeException>(() => FetchAsync(controller, Order(content)));

        refused.Message.ShouldBe("the artifact cannot be kept: No space left on device : '" + Part + "'");
    }

    [Theory]
    [InlineData("another content of the same length", "SHA-256")]
    [InlineData("more than was announced", "out of order, or more")]
    public async Task What_is_not_as_ordered_is_refused(string kind, string reason)
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        var sent = RandomNumberGenerator.GetBytes(kind.StartsWith("more", StringComparison.Ordinal) ? 1001 : 1000);
        await using var controller = await ScriptedController.StartAsync(fetch: (_, chunks) => SendAsync(sent, 0, sent.Length, chunks));

        (await Should.ThrowAsync<UpgradeException>(() => FetchAsync(controller, Order(content)))).Message.ShouldContain(reason);
    }

    [Fact]
    public async Task An_artifact_that_the_controller_does_not_have_is_not_waited_for()
    {
        await using var controller = await ScriptedController.StartAsync(
            fetch: (_, _) => throw new RpcException(new Status(StatusCode.NotFound, "no such artifact")));

        (await Should.ThrowAsync<UpgradeException>(() => FetchAsync(controller, Order([1])))).Message.ShouldBe("the artifact cannot be had: no such artifact");
    }

    [Fact]
    public async Task The_program_is_found_in_a_tarball_and_can_be_executed()
    {
        await using (var gzip = new GZipStream(File.Create(Part), CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, text) in new[] { ("x/install.sh", "no"), ("x/fleet-agent", "#!/bin/sh\n"), ("x/fleet-agent.service", "no") })
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)) });
        }

        var program = Path.Combine(_directory.Path, "program");
        await ArtifactUnpacker.UnpackAsync(Part, program, CancellationToken.None);

        (await File.ReadAllTextAsync(program)).ShouldBe("#!/bin/sh\n");
        File.GetUnixFileMode(program).ShouldBe((UnixFileMode)0b111_101_101);
    }

    [Fact]
    public async Task A_tarball_without_the_program_and_one_that_is_damaged_are_refused()
    {
        var program = Path.Combine(_directory.Path, "program");
        await using (var gzip = new GZipStream(File.Create(Part), CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip))
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "fleet-agent"));
        (await Should.ThrowAsync<UpgradeException>(() => ArtifactUnpacker.UnpackAsync(Part, program, CancellationToken.None))).Message.ShouldContain("no fleet-agent");

        await File.WriteAllBytesAsync(Part, [0x1f, 0x8b, 1, 2, 3]);
        (await Should.ThrowAsync<UpgradeException>(() => ArtifactUnpacker.UnpackAsync(Part, program, CancellationToken.None))).Message.ShouldContain("cannot be unpacked");
        File.Exists(program).ShouldBeFalse();
    }

    private async Task<int> FetchAsync(ScriptedController controller, UpgradeOrder order)
    {
        using var connection = new PlainDialer(controller.Address).Dial();
        return await new ArtifactFetch(new LinkRoute { Channel = connection.Channel }, new HastyTime())
            .FetchAsync(order, Part, CancellationToken.None).WaitAsync(ScriptedController.Patience);
    }

    private static async Task SendAsync(byte[] content, int from, int to, IServerStreamWriter<ArtifactChunk> chunks)
    {
        for (var at = from; at < to; at += 30_000)
        {
            var data = ByteString.CopyFrom(content, at, Math.Min(30_000, to - at));
            await chunks.WriteAsync(new ArtifactChunk { Offset = (ulong)at, Data = data });
        }
    }

    private static UpgradeOrder Order(byte[] content) =>
        new("1.0.0", SHA256.HashData(content), content.Length, TimeSpan.FromSeconds(20), TimeSpan.Zero);

    /// <summary>Does not wait.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.FromMilliseconds(1), period);
    }
}
