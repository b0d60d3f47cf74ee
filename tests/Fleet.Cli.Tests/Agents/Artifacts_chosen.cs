using Fleet.Cli.Agents;
using Fleet.Protocol;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Cli.Tests.Agents;

/// <summary>`fleet agents artifacts`: how they are listed, and which one is meant.</summary>
public sealed class Artifacts_chosen
{
    private static readonly Artifact[] s_all = [Some("0.10.0", 1, true), Some("0.2.0", 2, true), Some("0.9.1", 3, false), Some("0.2.0", 4, true)];

    [Fact]
    public void They_are_listed_by_version_with_where_they_come_from()
    {
        var (screen, text) = Tests.Some.Screen();

        ArtifactsCommand.Write(screen, s_all);

        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Skip(1).Select(line => line.Split('\t')[0]).ShouldBe(["0.2.0", "0.2.0", "0.9.1", "0.10.0"]);
        lines[1].ShouldEndWith("uploaded");
        lines[3].ShouldEndWith("built in");
    }

    [Theory]
    [InlineData("0.9.1", 3)]
    [InlineData("040404", 4)]
    [InlineData("0404040404", 4)]
    public void One_is_meant_by_its_version_or_its_first_digits(string wanted, byte expected) =>
        ArtifactsCommand.Choose(s_all, wanted).Sha256[0].ShouldBe(expected);

    [Theory]
    [InlineData("0.2.0", "several agents 0.2.0; choose one by its SHA-256: 0202")]
    [InlineData("0.3.0", "no agent 0.3.0")]
    [InlineData("0", "no agent 0")]
    [InlineData("", "no agent ")]
    public void What_is_not_clear_is_refused(string wanted, string why)
    {
        var refused = Should.Throw<CommandFailure>(() => ArtifactsCommand.Choose(s_all, wanted));
        refused.Message.Replace("\n  ", "; ", StringComparison.Ordinal).ShouldContain(why);
    }

    [Fact]
    public void For_an_upgrade_one_is_chosen_for_each_architecture_x86_64_first()
    {
        Artifact[] all = [.. s_all, Some("0.9.1", 5, true, Architectures.Arm), Some("0.3.0", 6, true, Architectures.Arm)];

        ArtifactOptionSet.Choose(all, "0.9.1", []).Select(a => a.Sha256[0]).ShouldBe([(byte)3, (byte)5]);
        ArtifactOptionSet.Choose([.. all.Reverse()], "0.9.1", []).Select(a => a.Sha256[0]).ShouldBe([(byte)3, (byte)5]);
        ArtifactOptionSet.Choose(all, "0.3.0", []).Select(a => a.Sha256[0]).ShouldBe([(byte)6]);
        ArtifactOptionSet.Choose(all, "0.2.0", [string.Concat(Enumerable.Repeat("04", 32))]).Select(a => a.Sha256[0]).ShouldBe([(byte)4]);
        Should.Throw<CommandFailure>(() => ArtifactOptionSet.Choose(all, "0.2.0", [])).Message.ShouldStartWith("the controller has several agents 0.2.0 for x86_64");
        Should.Throw<CommandFailure>(() => ArtifactOptionSet.Choose(all, "0.9.1", [new string('0', 64)])).Message.ShouldStartWith("the controller has no agent 0.9.1 with this SHA-256");
    }

    private static Artifact Some(string version, byte digest, bool isBrought, string architecture = "") =>
        new() { Architecture = architecture, Version = version, Sha256 = ByteString.CopyFrom(Enumerable.Repeat(digest, 32).ToArray()), SizeBytes = 10, Uploaded = isBrought };
}
