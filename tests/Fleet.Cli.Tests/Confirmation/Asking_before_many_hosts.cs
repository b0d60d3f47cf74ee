using Fleet.Cli.Confirmation;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Confirmation;

public sealed class Asking_before_many_hosts
{
    private static readonly TargetPreview Three = new() { Names = { "web1", "web2", "web3" }, Offline = { "web2" } };

    [Fact]
    public void Few_hosts_are_not_asked_about() => Ask(above: 3, everyHost: false, answer: null).ShouldBe("");

    [Fact]
    public void Many_hosts_are_named_and_a_no_runs_nothing()
    {
        var failure = Should.Throw<CommandFailure>(() => Ask(above: 2, everyHost: false, answer: "n"));
        failure.ExitCode.ShouldBe(2);
        failure.Message.ShouldBe("nothing was run");
    }

    [Fact]
    public void A_yes_goes_on() =>
        Ask(above: 2, everyHost: false, answer: "y").ShouldContain("on 3 hosts: web[1-3]\n  of which 1 is offline now: web2");

    [Fact]
    public void All_is_asked_about_however_few_they_are() => Ask(above: 100, everyHost: true, answer: "yes").ShouldContain("Continue? [y/N]");

    [Fact]
    public void An_end_of_input_is_a_no() => Should.Throw<CommandFailure>(() => Ask(above: 0, everyHost: true, answer: ""));

    [Fact]
    public void A_script_is_not_asked()
    {
        var prompt = new StringWriter();
        new HostConfirmation(0, assumeYes: false, terminal: null, prompt).Ask("uptime", Three, everyHost: true);
        prompt.ToString().ShouldBe("");
    }

    private static string Ask(int above, bool everyHost, string? answer)
    {
        var prompt = new StringWriter { NewLine = "\n" };
        new HostConfirmation(above, assumeYes: false, new StringReader(answer ?? "never read"), prompt).Ask("uptime", Three, everyHost);
        return prompt.ToString();
    }
}
