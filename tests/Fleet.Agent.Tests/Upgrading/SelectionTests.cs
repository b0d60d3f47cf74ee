using Fleet.Agent.Upgrading;

namespace Fleet.Agent.Tests.Upgrading;

public sealed class SelectionTests : IDisposable
{
    private const string Stamp = "100 200";
    private static readonly Trial s_trial = new("0.2.0-abc", "0.2.0", "0.1.0", Some.Task, TimeSpan.FromSeconds(20), 0);
    private static readonly Selection s_onTrial = new Selection { Current = "0.1.5-def" }.Begin(s_trial, Stamp);
    private static readonly HostMoment s_now = new("boot-1", TimeSpan.FromSeconds(1000));
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_version_on_trial_is_started_three_times_and_then_the_one_before_it()
    {
        var selection = s_onTrial;
        for (var start = 1; start <= Trial.MostStarts; start++)
        {
            var decision = LaunchDecision.Of(selection, Stamp, s_now);
            (decision.Run, decision.IsTrial, decision.After.Trial!.Starts).ShouldBe((s_trial.Id, true, start));
            selection = decision.After;
        }

        var last = LaunchDecision.Of(selection, Stamp, s_now);
        (last.Run, last.IsTrial).ShouldBe(("0.1.5-def", false));
        last.After.Trial.ShouldBeNull();
        last.After.Verdict.ShouldBe(new Verdict(Some.Task, false, "rolled back from 0.2.0 to 0.1.0: it ended 3 times before it connected"));
    }

    [Fact]
    public void A_trial_has_its_time_once_however_often_the_version_ends_meanwhile()
    {
        var started = LaunchDecision.Of(s_onTrial, Stamp, s_now).After;
        var again = LaunchDecision.Of(started, Stamp, s_now with { Uptime = s_now.Uptime + TimeSpan.FromSeconds(19) });
        (again.IsTrial, again.After.Trial!.Since).ShouldBe((true, s_now));

        var late = LaunchDecision.Of(again.After, Stamp, s_now with { Uptime = s_now.Uptime + TimeSpan.FromSeconds(20) });
        (late.Run, late.IsTrial).ShouldBe(("0.1.5-def", false));
        late.After.Verdict!.Reason.ShouldBe("rolled back from 0.2.0 to 0.1.0: no connection to the controller within 20s; it ended 2 times");
    }

    [Fact]
    public void A_trial_that_a_restart_of_the_host_cut_short_has_its_time_again_and_not_its_starts()
    {
        var started = LaunchDecision.Of(s_onTrial, Stamp, s_now).After;
        var rebooted = new HostMoment("boot-2", TimeSpan.FromSeconds(5));

        var decision = LaunchDecision.Of(started, Stamp, rebooted);

        (decision.IsTrial, decision.After.Trial!.Starts, decision.After.Trial.Since).ShouldBe((true, 2, rebooted));
        decision.After.Trial.Left(rebooted).ShouldBe(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_confirmed_version_runs_from_then_on_and_the_one_before_is_kept()
    {
        var confirmed = s_onTrial.Start(s_now).Confirm();

        LaunchDecision.Of(confirmed, Stamp, s_now).ShouldBe(new LaunchDecision(confirmed, s_trial.Id, false));
        confirmed.Previous.ShouldBe("0.1.5-def");
        confirmed.Verdict.ShouldBe(new Verdict(Some.Task, true, "upgraded from 0.1.0 to 0.2.0"));
        confirmed.Told().Verdict.ShouldBeNull();
    }

    [Fact]
    public void Another_installed_program_wins_and_ends_a_trial()
    {
        var decision = LaunchDecision.Of(s_onTrial.Start(s_now), "101 200", s_now);

        decision.Run.ShouldBe("");
        decision.After.Current.ShouldBe("");
        decision.After.Installed.ShouldBe("101 200");
        decision.After.Verdict!.IsUpgraded.ShouldBeFalse();
        LaunchDecision.Of(decision.After, "101 200", s_now).ShouldBe(decision);
    }

    [Fact]
    public async Task What_was_written_is_read_back()
    {
        var file = File();
        file.Read().ShouldBe(Selection.None);
        foreach (var selection in new[] { s_onTrial.Start(s_now), s_onTrial.Confirm(), s_onTrial.RollBack("no\n\"link\"") })
        {
            (await file.ChangeAsync(_ => selection, CancellationToken.None)).ShouldBe(selection);
            File().Read().ShouldBe(selection);
        }
    }

    [Fact]
    public async Task Changes_of_several_processes_come_one_after_another()
    {
        await File().ChangeAsync(_ => s_onTrial, CancellationToken.None);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => File().ChangeAsync(s => s.Start(s_now), CancellationToken.None))))
            .WaitAsync(TimeSpan.FromSeconds(30));

        File().Read().Trial!.Starts.ShouldBe(20);
    }

    [Fact]
    public async Task A_damaged_file_is_no_selection()
    {
        await File().ChangeAsync(_ => s_onTrial, CancellationToken.None);
        await System.IO.File.WriteAllTextAsync(File().Path, "{ \"current\": \"0.");

        Should.Throw<InvalidDataException>(() => File().Read()).Message.ShouldContain("damaged");
    }

    [Fact]
    public void Versions_that_nobody_needs_are_removed()
    {
        var shelf = new VersionStore(_directory.Path);
        foreach (var id in new[] { s_trial.Id, "0.1.5-def", "0.1.0-old" })
            System.IO.File.WriteAllText(shelf.Prepare(id), "");
        byte[] wanted = [1], left = [2];
        System.IO.File.WriteAllText(shelf.Part(wanted), "");
        System.IO.File.WriteAllText(shelf.Part(left), "");

        shelf.Prune(s_onTrial, shelf.Part(wanted));

        Directory.GetDirectories(shelf.Directory).Select(Path.GetFileName).ShouldBe([s_trial.Id, "0.1.5-def"], ignoreOrder: true);
        Directory.GetFiles(shelf.Directory).ShouldBe([shelf.Part(wanted)]);
    }

    private SelectionFile File() => new(new VersionStore(_directory.Path), TimeProvider.System);
}
