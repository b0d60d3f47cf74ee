using Fleet.Harness;

namespace Fleet.EndToEnd;

/// <summary>`fleet` as a person at a terminal meets it.</summary>
public sealed class In_a_terminal : IClassFixture<ThreeHosts>
{
    private static readonly string[] s_bash = ["bash", "--noprofile", "--norc"];

    private readonly FleetOnThisMachine _fleet;

    public In_a_terminal(ThreeHosts hosts) => _fleet = hosts.Fleet;

    [ToolFact("tmux")]
    public async Task A_running_job_shows_its_progress_and_Ctrl_C_leaves_it_running()
    {
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment);
        await terminal.EnterAsync("fleet exec --all --yes -- sleep 60; echo code=$?");
        await terminal.UntilAsync("0/3 done  3 running");
        await terminal.PressAsync("C-c");
        await terminal.UntilAsync("[d]etach (it continues), [c]ancel it, or Enter to keep watching?");
        await terminal.EnterAsync("d");
        await terminal.UntilAsync("code=130");
        (await terminal.ScreenAsync()).ShouldContain("continues: fleet jobs watch");

        var shown = await _fleet.Admin.RunAsync("jobs", "show", "last", "--tasks");
        shown.Stdout.Split('\n').Count(line => line.Contains("running", StringComparison.Ordinal)).ShouldBe(3, shown.ToString());
        await _fleet.Admin.RunAsync("jobs", "cancel", "last");
        await JobTruth.OfAsync(_fleet.Admin, "last");
    }

    [ToolFact("tmux")]
    public async Task The_progress_line_ticks_and_names_who_is_still_running()
    {
        var on = Path.Combine(_fleet.Directory, $"on-{Guid.NewGuid():n}");
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment);
        await terminal.EnterAsync($"fleet exec --all --yes -c 'test $FLEET_TASK_ID != ${{FLEET_JOB_ID}}.1 || until test -e {on}; do sleep 0.1; done'; echo code=$?");
        await terminal.UntilAsync("2/3 done  1 running: ");
        await terminal.UntilAsync("  1.");
        await terminal.UntilAsync("  2.");
        await File.WriteAllTextAsync(on, "");
        await terminal.UntilAsync("code=0");
    }

    [ToolFact("tmux")]
    public async Task What_a_host_says_cannot_change_the_terminal()
    {
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment);
        await terminal.EnterAsync("fleet exec web1 -- $'/x\\e]0;HI\\a'; fleet exec web1 --stream -- $'/x\\e]0;HI\\a'; fleet exec web1 -- printf '\\033]0;HI\\007'; echo over-$((40 + 2))");
        var screen = await terminal.UntilAsync("over-42");
        screen.Contains("could not be started", StringComparison.Ordinal).ShouldBeTrue(screen);
        (await terminal.TitleAsync()).ShouldNotBe("HI");
    }

    [ToolFact("tmux")]
    public async Task Ctrl_C_cancels_where_that_is_the_answer()
    {
        // As narrow as a terminal gets: the progress line must not wrap.
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment, columns: 60);
        await terminal.EnterAsync("fleet exec --all --yes -- sleep 60; echo code=$?");
        await terminal.UntilAsync("0/3 done");
        await terminal.PressAsync("C-c");
        await terminal.UntilAsync("[c]ancel");
        await terminal.EnterAsync("c");
        var screen = await terminal.UntilAsync("code=130");
        screen.ShouldContain("3 cancelled");
        var truth = await JobTruth.OfAsync(_fleet.Admin, "last");
        truth.Ends.Keys.ShouldAllBe(host => truth.State(host) == "cancelled");
    }

    [ToolFact("tmux")]
    public async Task Ctrl_C_and_Enter_keep_watching_and_the_exit_code_is_the_jobs()
    {
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment);
        await terminal.EnterAsync($"fleet exec web1 -c 'until test -e {_fleet.Directory}/on; do sleep 0.1; done'; echo code=$?");
        await terminal.UntilAsync("0/1 done");
        await terminal.PressAsync("C-c");
        await terminal.UntilAsync("Enter to keep watching?");
        await terminal.PressAsync("Enter");
        await File.WriteAllTextAsync(Path.Combine(_fleet.Directory, "on"), "");
        await terminal.UntilAsync("code=0");
    }

    [ToolFact("tmux")]
    public async Task All_hosts_are_reached_only_after_a_yes()
    {
        var mark = Path.Combine(_fleet.Directory, $"reached-{Guid.NewGuid():n}");
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment);
        await terminal.EnterAsync($"fleet exec --all -- touch {mark}; echo code=$?");
        await terminal.UntilAsync("on 3 hosts: db1,web[1-2]");
        await terminal.UntilAsync("Continue? [y/N]");
        await terminal.EnterAsync("n");
        (await terminal.UntilAsync("code=2")).ShouldContain("nothing was run");
        File.Exists(mark).ShouldBeFalse();

        await terminal.EnterAsync("clear");
        await terminal.EnterAsync($"fleet exec --all -- touch {mark}; echo code=$?");
        await terminal.UntilAsync("Continue? [y/N]");
        await terminal.EnterAsync("y");
        await terminal.UntilAsync("code=0");
        File.Exists(mark).ShouldBeTrue();
    }

    [ToolFact("tmux")]
    public async Task A_reader_that_goes_away_ends_it_quietly_and_pipes_get_no_colors()
    {
        await using var terminal = await TmuxTerminal.OpenAsync(s_bash, _fleet.Admin.Environment);
        await terminal.EnterAsync("fleet exec web1 -c 'seq 100000' | head -3; echo reader=$?");
        var screen = await terminal.UntilAsync("reader=0");
        screen.ShouldContain("web1 ");
        screen.ShouldNotContain("Exception");
        var piped = await _fleet.Admin.RunAsync("exec", "web1", "-c", "echo hello; exit 3");
        (piped.Stdout + piped.Stderr).ShouldNotContain('\u001b');
    }

    [ToolFact("fish")]
    public async Task Bash_and_fish_complete_commands_and_options()
    {
        var path = $"PATH={Path.GetDirectoryName(Binaries.Cli)}:$PATH";
        var bash = await OneShot.RunAsync("bash", ["-c",
            $"{path}; source <(fleet completion bash); COMP_LINE='fleet jobs wa'; COMP_POINT=13; COMP_WORDS=(fleet jobs wa); COMP_CWORD=2; _fleet_complete; echo ${{COMPREPLY[@]}}"]);
        bash.Stdout.Trim().ShouldBe("watch", bash.ToString());
        var fish = await OneShot.RunAsync("fish", ["--no-config", "-c",
            $"set -x PATH {Path.GetDirectoryName(Binaries.Cli)} $PATH; fleet completion fish | source; complete -C 'fleet exec --par'"]);
        fish.Stdout.ShouldContain("--parallel", customMessage: fish.ToString());
    }

    [ToolFact("tmux", "zsh")]
    public async Task Zsh_completes_at_the_prompt()
    {
        await using var terminal = await TmuxTerminal.OpenAsync(["zsh", "-f"], _fleet.Admin.Environment);
        await terminal.EnterAsync("autoload -Uz compinit && compinit -u -D && source <(fleet completion zsh) && echo set-$((20 + 22))");
        await terminal.UntilAsync("set-42");
        await terminal.TypeAsync("fleet tok");
        await terminal.PressAsync("Tab");
        await terminal.UntilAsync("fleet token");
    }
}
