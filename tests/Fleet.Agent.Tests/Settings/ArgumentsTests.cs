using Fleet.Hosting.Settings;

namespace Fleet.Agent.Tests.Settings;

public sealed class ArgumentsTests
{
    private static readonly OptionSpec[] s_options =
        [new("--state", "DIR", ""), new("--label", "KEY=VALUE", "", IsRepeatable: true), new("--force", null, "")];

    [Fact]
    public void Both_spellings_are_understood()
    {
        var arguments = Arguments.Read(["--state", "/a", "--label=role=web", "--label", "dc=fra", "--force"], s_options);

        arguments.Faults.ShouldBeEmpty();
        arguments.Get("--state").ShouldBe("/a");
        arguments.GetAll("--label").ShouldBe(["role=web", "dc=fra"]);
        arguments.Has("--force").ShouldBeTrue();
        arguments.Settings().ShouldHaveSingleItem().ShouldBe(new GivenSetting("state", "/a", "--state"));
    }

    [Fact]
    public void Of_a_flag_that_was_renamed_the_new_one_is_named() =>
        Arguments.Read(["--journal-limit", "1GiB"], [new("--journal-max-bytes", "VALUE", "", FormerFlag: "--journal-limit")]).Faults[0]
            .ShouldBe("--journal-limit is now called --journal-max-bytes");

    [Theory]
    [InlineData("--wings", "there is no \"--wings\" here; there are --state, --label, --force")]
    [InlineData("--state", "--state is followed by nothing: give DIR")]
    [InlineData("--force=yes", "--force takes no value")]
    [InlineData("--state=/a --state=/b", "--state stands there twice: keep one")]
    [InlineData("loose", "there is no \"loose\" here; there are --state, --label, --force")]
    public void Faults_name_the_word_and_the_mend(string line, string fault) =>
        Arguments.Read(line.Split(' '), s_options).Faults.ShouldBe([fault]);
}
