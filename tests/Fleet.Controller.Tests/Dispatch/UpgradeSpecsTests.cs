using System.Security.Cryptography;
using Fleet.Controller.Dispatch;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>Of an upgrade for several architectures each agent is told its own artifact, in the form that the first agents knew.</summary>
public sealed class UpgradeSpecsTests
{
    [Theory]
    [InlineData("x86_64", 1)]
    [InlineData("aarch64", 2)]
    public void An_agent_is_told_the_artifact_for_its_architecture_alone(string architecture, byte expected)
    {
        var told = Told(architecture, Some("x86_64", 1), Some("aarch64", 2));

        told.Artifacts.ShouldBeEmpty();
        told.Sha256.ShouldBe(Digest(expected));
        told.SizeBytes.ShouldBe(expected);
        (told.Version, told.HealthTimeoutMs).ShouldBe(("1.2.3", 20_000));
    }

    [Theory]
    [InlineData("riscv64")]
    [InlineData("")]
    public void Where_none_fits_it_is_told_all_and_rejects_them(string architecture) =>
        Told(architecture, Some("x86_64", 1), Some("aarch64", 2)).Artifacts.Count.ShouldBe(2);

    [Fact]
    public void Every_other_spec_goes_out_as_it_came()
    {
        var spec = new TaskSpec { Steps = { new Step { Shell = new ShellLine { Line = "true" } } } };

        UpgradeSpecs.Of(spec).ShouldBeEmpty();
        UpgradeSpecs.Of(new TaskSpec { Steps = { new Step { UpgradeAgent = new UpgradeAgent { Sha256 = Digest(1) } } } }).ShouldBeEmpty();
    }

    private static UpgradeAgent Told(string architecture, params UpgradeArtifact[] artifacts)
    {
        var upgrade = new UpgradeAgent { Version = "1.2.3", Sha256 = artifacts[0].Sha256, SizeBytes = artifacts[0].SizeBytes, HealthTimeoutMs = 20_000, Artifacts = { artifacts } };
        var spec = new TaskSpec { Steps = { new Step { UpgradeAgent = upgrade } }, RunTimeoutMs = 1000 };
        var job = SomeJob.Of(1, plan => plan with { Spec = spec.ToByteString(), SpecDigest = Sha256(spec.ToByteString()), ByArchitecture = UpgradeSpecs.Of(spec) });
        job.Agents[0].Attach(new FakeLink { Architecture = architecture }, "boot/journal", new HashSet<string>(), SomeJob.Start);

        var start = TaskMessages.Start(job.Slot(1), SomeJob.Start).StartTask;

        start.SpecSha256.ShouldBe(Sha256(start.Spec));
        return TaskSpec.Parser.ParseFrom(start.Spec).Steps.ShouldHaveSingleItem().UpgradeAgent;
    }

    private static UpgradeArtifact Some(string architecture, byte of) => new() { Architecture = architecture, Sha256 = Digest(of), SizeBytes = of };

    private static ByteString Digest(byte of) => ByteString.CopyFrom(Enumerable.Repeat(of, 32).ToArray());

    private static ByteString Sha256(ByteString bytes) => ByteString.CopyFrom(SHA256.HashData(bytes.Span));
}
