using Fleet.Cli.Results;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Results;

public sealed class Folded_results
{
    private static readonly FoldOptions Plain = new(ErrorsOnly: false, Similar: false, Diff: false);

    [Fact]
    public void Hosts_with_the_same_output_stand_together_largest_group_first_then_failures_by_kind()
    {
        Show(Plain, Some.Log(
            Some.Job("uname"),
            Some.Hosts("web1", "web2", "web3", "db1", "db2", "db3"),
            Some.Out(4, "FreeBSD\n"), Some.StepExit(4, 0), Some.End(4, TaskState.Succeeded, 0),
            Some.Out(1, "Linux\n"), Some.StepExit(1, 0), Some.End(1, TaskState.Succeeded, 0),
            Some.Out(3, "Linux\n"), Some.StepExit(3, 0), Some.End(3, TaskState.Succeeded, 0),
            Some.Out(2, "Linux\n"), Some.StepExit(2, 0), Some.End(2, TaskState.Succeeded, 0),
            Some.Out(5, "no such thing\n", stream: OutputStream.Stderr), Some.StepExit(5, 3), Some.End(5, TaskState.Failed, 3, "step 1 exited with 3"),
            Some.End(6, TaskState.Expired, reason: "no link within 10 s"))).ShouldBe("""
            --- web[1-3] (3 hosts) succeeded
            Linux
            --- db1 succeeded
            FreeBSD
            --- db2 failed, exit code 3: step 1 exited with 3
            ! no such thing
            --- db3 never answered: no link within 10 s
            6 hosts: 4 succeeded, 1 failed, 1 never answered; 1.23 s; job 20261121-093115-k3f9

            """);
    }

    [Fact]
    public void An_exit_code_or_a_signal_is_said_once()
    {
        var killed = Some.End(2, TaskState.Failed, reason: "was ended by SIGKILL");
        killed.Ended.Signal = 9;
        Show(Plain, Some.Log(
            Some.Job("x"), Some.Hosts("web1", "web2", "web3"),
            Some.End(1, TaskState.Failed, 3, "exited with code 3"), killed, Some.End(3, TaskState.Failed, 3, "exited with code 3; processes that could not be ended: 7"))).ShouldStartWith("""
            --- web2 failed, ended by SIGKILL
            --- web1 failed, exit code 3
            --- web3 failed, exit code 3: exited with code 3; processes that could not be ended: 7

            """.TrimEnd('\n'));
    }

    [Fact]
    public void A_line_of_a_host_that_looks_like_a_heading_does_not_stand_at_the_very_left_and_a_patch_stays_one()
    {
        const string Output = "--- web2 succeeded\nfine\n--- web[1-9] (9 hosts) failed, exit code 1\n--- a/file\n+++ b/file\n";
        var log = Some.Log(Some.Job("x"), Some.Hosts("web1"), Some.Out(1, Output), Some.End(1, TaskState.Succeeded, 0));
        const string Shown = "--- web1 succeeded\n --- web2 succeeded\nfine\n --- web[1-9] (9 hosts) failed, exit code 1\n--- a/file\n+++ b/file\n";
        Show(Plain, log).ShouldStartWith(Shown);

        var (screen, text) = Some.Screen();
        Some.Play(log, new HostBlockRenderer(screen, errorsOnly: false));
        text.ToString().ShouldStartWith(Shown);
    }

    [Fact]
    public void A_difference_cannot_make_a_heading()
    {
        Show(Plain with { Diff = true }, Some.Log(
            Some.Job("cat"), Some.Hosts("a1", "a2", "b"),
            Some.Out(1, "-- web2 succeeded\n"), Some.End(1, TaskState.Succeeded, 0),
            Some.Out(2, "-- web2 succeeded\n"), Some.End(2, TaskState.Succeeded, 0),
            Some.Out(3, "x\n"), Some.End(3, TaskState.Succeeded, 0)))
            .ShouldContain("--- b succeeded\n --- web2 succeeded\n+x\n");
    }

    [Fact]
    public void What_retention_removed_is_said()
    {
        Show(Plain, Some.Log(
            Some.Job("x"), Some.Hosts("web1"), new JobEvent { OutputRemoved = new OutputRemoved() }, Some.End(1, TaskState.Succeeded, 0)))
            .ShouldStartWith("--- web1 succeeded\n(output removed by retention)\n");
    }

    [Fact]
    public void What_was_not_ordinary_about_a_success_is_said()
    {
        Show(Plain, Some.Log(
            Some.Job("start"),
            Some.Hosts("web1", "web2"),
            Some.StepExit(1, 0), Some.End(1, TaskState.Succeeded, 0, "1 of its processes runs on"),
            Some.StepExit(2, 0), Some.End(2, TaskState.Succeeded, 0))).ShouldBe("""
            --- web1 succeeded: 1 of its processes runs on
            --- web2 succeeded
            2 hosts: 2 succeeded; 1.23 s; job 20261121-093115-k3f9

            """);
    }

    [Fact]
    public void Several_commands_are_titled_and_the_one_that_failed_says_so()
    {
        Show(Plain, Some.Log(
            Some.Job("df -h /", "false"),
            Some.Hosts("web1"),
            Some.Out(1, "50%\n"), Some.StepExit(1, 0), Some.StepExit(1, 1, step: 1), Some.End(1, TaskState.Failed, 1))).ShouldBe("""
            --- web1 failed, exit code 1
            $ df -h /
            50%
            $ false
            = exit code 1
            1 host: 1 failed; 1.23 s; job 20261121-093115-k3f9

            """);
    }

    [Fact]
    public void What_was_not_kept_is_counted_where_it_is_missing()
    {
        Show(Plain, Some.Log(
            Some.Job("yes"),
            Some.Hosts("web1"),
            Some.Out(1, "head\n"), Some.Out(1, "tail\n", offset: 1005), Some.StepExit(1, 0, total: 1010, dropped: 1000), Some.End(1, TaskState.Succeeded, 0)))
            .ShouldContain("head\n[... 1,000 bytes not kept; raise --head-bytes]\ntail\n");
    }

    [Fact]
    public void Errors_only_leaves_out_what_succeeded_and_what_went_to_standard_output()
    {
        var text = Show(Plain with { ErrorsOnly = true }, Some.Log(
            Some.Job("x"),
            Some.Hosts("web1", "web2"),
            Some.Out(1, "fine\n"), Some.End(1, TaskState.Succeeded, 0),
            Some.Out(2, "chatter\n"), Some.Out(2, "broken\n", stream: OutputStream.Stderr), Some.End(2, TaskState.Failed, 1)));
        text.ShouldNotContain("fine");
        text.ShouldNotContain("chatter");
        text.ShouldContain("--- web2 failed, exit code 1\n! broken\n");
    }

    [Fact]
    public void Similar_folds_outputs_that_differ_by_host_name_and_numbers_and_says_how_many_variants()
    {
        Show(Plain with { Similar = true }, Some.Log(
            Some.Job("uptime"),
            Some.Hosts("web1", "web2"),
            Some.Out(1, "web1 up 10 days\n"), Some.End(1, TaskState.Succeeded, 0),
            Some.Out(2, "web2 up 11 days\n"), Some.End(2, TaskState.Succeeded, 0)))
            .ShouldContain("--- web[1-2] (2 hosts) succeeded, 2 variants; shown: web1\nweb1 up 10 days\n");
    }

    [Fact]
    public void Diff_shows_smaller_groups_against_the_largest()
    {
        Show(Plain with { Diff = true }, Some.Log(
            Some.Job("cat"),
            Some.Hosts("a1", "a2", "b"),
            Some.Out(1, "one\ntwo\n"), Some.End(1, TaskState.Succeeded, 0),
            Some.Out(2, "one\ntwo\n"), Some.End(2, TaskState.Succeeded, 0),
            Some.Out(3, "one\n2\n"), Some.End(3, TaskState.Succeeded, 0)))
            .ShouldContain("--- b succeeded\n one\n-two\n+2\n");
    }

    private static string Show(FoldOptions options, IEnumerable<JobEvent> log)
    {
        var (screen, text) = Some.Screen();
        Some.Play(log, new FoldedRenderer(screen, options));
        return text.ToString();
    }
}
