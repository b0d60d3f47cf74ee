using System.CommandLine;
using Fleet.Cli.Hits;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Hits;

public sealed class Hit_options
{
    [Fact]
    public void Which_hits_are_asked_for()
    {
        var request = Read("role=web", "--scan", "a", "--scan", "b", "--severity", "error", "--pattern", "p", "--text", "disk", "--limit", "7",
            "--since", "2026-11-20T08:00:00Z", "--until", "2026-11-20T09:00:00Z", "--cluster");
        request.ShouldBe(new SearchHitsRequest
        {
            Target = new TargetSelection { Expression = "role=web" }, Scans = { "a", "b" }, Severity = Severity.Error, Patterns = { "p" }, Text = "disk", Limit = 7,
            SinceMs = 1795161600000, UntilMs = 1795165200000, Clusters = true,
        });
        Read().ShouldBe(new SearchHitsRequest { Limit = 200 });
    }

    [Theory]
    [InlineData("--follow goes with no end", "--follow", "--until", "1h")]
    [InlineData("nor with clusters", "--follow", "--cluster")]
    [InlineData("a place is for following", "--after", "h1-7")]
    [InlineData("an empty window", "--since", "1h", "--until", "2h")]
    public void What_does_not_go_together_is_refused(string because, params string[] arguments) =>
        Should.Throw<CommandFailure>(() => Read(arguments), because).ExitCode.ShouldBe(ExitCode.BadUsage);

    private static SearchHitsRequest Read(params string[] arguments)
    {
        var command = new Command("hits");
        var options = new HitOptionSet(command, TimeProvider.System);
        return options.Read(command.Parse(arguments));
    }
}
