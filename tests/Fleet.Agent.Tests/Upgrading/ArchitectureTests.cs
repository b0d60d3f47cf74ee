using Fleet.Agent.Upgrading;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Tests.Upgrading;

/// <summary>Of an order for several architectures an agent takes the artifact for its own, and runs no other.</summary>
public sealed class ArchitectureTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Architectures.X86, 1)]
    [InlineData(Architectures.Arm, 2)]
    public void The_artifact_for_the_hosts_own_architecture_is_taken(string architecture, byte digest)
    {
        var order = UpgradeOrder.Read(Order(Architectures.X86, Architectures.Arm), architecture, out var fault);

        fault.ShouldBe("");
        order.ShouldNotBeNull().Sha256[0].ShouldBe(digest);
        order.Bytes.ShouldBe(digest);
    }

    [Fact]
    public void Where_none_fits_the_order_is_refused_with_the_reason()
    {
        UpgradeOrder.Read(Order(Architectures.X86), Architectures.Arm, out var fault).ShouldBeNull();

        fault.ShouldBe("artifacts: this host is aarch64, and version 1.2.3 was ordered for x86_64 alone");
    }

    [Fact]
    public void An_order_of_an_earlier_command_names_one_and_no_architecture()
    {
        var order = Order(Architectures.X86);
        order.Artifacts.Clear();

        UpgradeOrder.Read(order, Architectures.X86, out _).ShouldNotBeNull().Sha256[0].ShouldBe((byte)1);
    }

    [Fact]
    public async Task A_program_for_another_architecture_is_not_even_started()
    {
        var program = Path.Combine(_directory.Path, "fleet-agent");
        File.Copy("/proc/self/exe", program);

        await ProgramHeader.InsistAsync(program, Architectures.OfHost, CancellationToken.None);
        (await Should.ThrowAsync<UpgradeException>(() => ProgramHeader.InsistAsync(program, "riscv64", CancellationToken.None)))
            .Message.ShouldBe($"the artifact is an agent for {Architectures.OfHost}, and this host is riscv64");

        // Of a script only a trial can tell.
        await File.WriteAllTextAsync(program, "#!/bin/sh\n");
        await ProgramHeader.InsistAsync(program, "riscv64", CancellationToken.None);
    }

    private static UpgradeAgent Order(params string[] architectures)
    {
        var order = new UpgradeAgent { Version = "1.2.3", HealthTimeoutMs = 20_000, DrainLimitMs = 0 };
        foreach (var (architecture, i) in architectures.Select((architecture, i) => (architecture, (byte)(i + 1))))
            order.Artifacts.Add(new UpgradeArtifact { Architecture = architecture, Sha256 = ByteString.CopyFrom(Enumerable.Repeat(i, 32).ToArray()), SizeBytes = i });
        (order.Sha256, order.SizeBytes) = (order.Artifacts[0].Sha256, order.Artifacts[0].SizeBytes);
        return order;
    }
}
