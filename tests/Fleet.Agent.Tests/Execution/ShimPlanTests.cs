using Fleet.Agent.Execution.Processes;
using Fleet.Agent.Execution.Steps;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Agent.Tests.Execution;

public sealed class ShimPlanTests
{
    private static readonly ShimPlan Some = new(["/sys/fs/cgroup/x"], "eve", 1000, 100, "/home/eve", "tool", ["tool", "", "ü b"], ["PATH=/bin", "A=\n"]);

    [Fact]
    public void What_is_handed_over_arrives()
    {
        var arrived = Decode(Some.Encode());
        (arrived with { Cgroups = [], Arguments = [], Environment = [] })
            .ShouldBe(Some with { Cgroups = [], Arguments = [], Environment = [] }, "but for the lists");
        arrived.Cgroups.ShouldBe(Some.Cgroups);
        arrived.Arguments.ShouldBe(Some.Arguments);
        arrived.Environment.ShouldBe(Some.Environment);
    }

    [Fact]
    public void A_damaged_plan_is_refused_in_the_one_way_that_the_shim_expects()
    {
        var whole = Some.Encode();
        var damages =
            from length in Gen.Choose(0, whole.Length)
            from at in Gen.Choose(0, whole.Length - 1)
            from value in Gen.Choose(0, 255)
            select (length, at, value);
        Prop.ForAll(damages.ToArbitrary(), damage =>
            {
                var bytes = whole.ToArray();
                bytes[damage.at] = (byte)damage.value;
                try
                {
                    _ = Decode(bytes[..damage.length]);
                }
                catch (Exception error) when (error is IOException or FormatException or InvalidDataException)
                {
                    // Refused; anything else fails the property.
                }

                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void No_script_name_leaves_its_directory()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), name =>
            {
                var safe = ScriptFile.SafeName(name ?? "");
                return safe.Length is > 0 and <= 64 && safe is not ("." or "..") && !safe.Contains('/') && !safe.Contains('\0');
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
        ScriptFile.SafeName("..").ShouldBe("script");
        ScriptFile.SafeName("../../etc/passwd").ShouldBe(".._.._etc_passwd");
    }

    private static ShimPlan Decode(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return ShimPlan.Decode(stream);
    }
}
