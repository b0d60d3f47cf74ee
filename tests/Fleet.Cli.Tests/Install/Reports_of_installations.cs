using Fleet.Cli.Install;

namespace Fleet.Cli.Tests.Install;

public sealed class Reports_of_installations
{
    [Fact]
    public void Hosts_that_ended_alike_stand_together_with_what_to_do()
    {
        List<HostResult> results =
        [
            .. Enumerable.Range(1, 3).Select(i => Result($"web{i}", InstallKind.Installed, agent: $"web{i}")),
            Result("10.0.0.4", InstallKind.AlreadyEnrolled, agent: "web4"),
            Result("db1", InstallKind.PermissionDenied, "(publickey)"),
            Result("db2", InstallKind.PermissionDenied, "(publickey)"),
            Result("db3", InstallKind.SudoNeedsPassword, details: "sudo: a password is required\n"),
            Result("old1", InstallKind.Failed, details: "the name old1 is taken\n"),
            Result("old2", InstallKind.Failed, details: "the name old2 is taken\n"),
        ];
        var (screen, text) = Some.Screen();

        InstallReport.Write(screen, results, "0.1.0", TimeSpan.FromSeconds(4.2));

        // The summary is too long for the line that the test's screen has.
        text.ToString().Replace("; \n", "; ", StringComparison.Ordinal).ShouldBe("""
            --- web[1-3] (3 hosts) installed: agent 0.1.0
            --- 10.0.0.4 already enrolled
            agents: web4
            --- db[1-2] (2 hosts) permission denied: (publickey)
              add your key to the user's authorized_keys (ssh-copy-id); passwords are never prompted for
            --- db3 sudo needs a password
            sudo: a password is required
              allow the user to run sudo without a password (NOPASSWD), or log in as root
            --- old[1-2] (2 hosts) failed, 2 variants; shown: old1
            the name old1 is taken
            9 hosts: 3 installed, 1 already enrolled, 2 permission denied, 1 sudo needs a password, 2 failed; 4.20 s

            """.ReplaceLineEndings("\n"), text.ToString());
        InstallReport.Code(results).ShouldBe(ExitCode.SomeFailed);
        InstallReport.Code([results[0], results[3]]).ShouldBe(ExitCode.Success);
        InstallReport.Code([results[0], Result("gone", InstallKind.CannotConnect)]).ShouldBe(ExitCode.SomeNeverAnswered);
    }

    [Fact]
    public void For_programs_there_is_an_object_per_host_and_a_summary_whose_fields_are_in_the_document()
    {
        var (screen, text) = Some.Screen();
        var relabeled = Result("web1", InstallKind.AlreadyEnrolled, "labels set: a=1", agent: "w1");
        List<HostResult> results =
        [
            relabeled with { Outcome = relabeled.Outcome with { LabelsSet = new Dictionary<string, string> { ["a"] = "1" } } },
            Result("db1", InstallKind.SudoNeedsPassword, details: "sudo: a password is required\n"),
        ];
        var json = new InstallJson(screen);
        results.ForEach(json.Write);
        json.Finish(results, "0.1.0", TimeSpan.FromSeconds(4.2));
        json.Preview([new("web1", "10.0.0.1", "ops", 22, ["group.web=yes"])], new InstallOptions { Labels = ["role=x"] });

        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4);
        lines[0].ShouldBe("""{"v":1,"type":"install","host":"web1","outcome":"already_enrolled","success":true,"reason":"labels set: a=1","agent":"w1","agent_id":"a-0123456789abcdef","labels_set":{"a":"1"}}""");
        lines[1].ShouldContain("\"outcome\":\"sudo_needs_password\",\"success\":false,\"details\":\"sudo: a password is required\\n\",\"hint\":\"allow the user");
        lines[2].ShouldBe("""{"v":1,"type":"summary","elapsed_ms":4200,"agent_version":"0.1.0","host_count":2,"already_enrolled":1,"sudo_needs_password":1}""");
        lines[3].ShouldStartWith("""{"v":1,"type":"install","host":"web1","outcome":"would_be_installed","labels":["role=x","group.web=yes"],"ssh":["-T",""");
        var document = File.ReadAllText(Repository.At("docs", "json.md"));
        foreach (var name in lines.SelectMany(line => System.Text.Json.JsonDocument.Parse(line).RootElement.EnumerateObject()).Select(field => field.Name).Distinct())
            document.ShouldContain($"`{name}`");
        foreach (var kind in Enum.GetValues<InstallKind>())
            document.ShouldContain($"`{InstallFormatter.Key(kind)}`");
    }

    [Fact]
    public void A_dry_run_shows_how_ssh_would_be_started()
    {
        var (screen, text) = Some.Screen();
        string[] labels = ["group.web=yes"];
        InstallPreview.Write(screen, [new("web1", "web1", "ops", null, labels), new("web2", "web2", "ops", null, labels)], new InstallOptions { Labels = ["role=x y"] });
        text.ToString().ShouldContain("--- web[1-2] (2 hosts) would be installed, as ops, labels role=x y group.web=yes; for web1:\nssh -T -x -a -o BatchMode=yes ");
        text.ToString().ShouldContain(" -l ops -- web1 'exec /bin/sh -s'\n");
    }

    [Fact]
    public async Task No_more_than_so_many_hosts_are_at_work_and_the_deadline_leaves_none_out_of_the_report()
    {
        var (screen, _) = Some.Screen();
        var targets = Enumerable.Range(1, 8).Select(i => new InstallTarget($"h{i}", $"h{i}", null, null, [])).ToList();
        var (atWork, most) = (0, 0);
        using var ctrlC = new CancellationTokenSource();
        var both = new TaskCompletionSource();
        async Task<InstallOutcome> InstallAsync(InstallTarget target, CancellationToken cancellationToken)
        {
            var now = Interlocked.Increment(ref atWork);
            lock (both)
                most = Math.Max(most, now);
            if (now == 2)
                both.TrySetResult();
            await both.Task;
            // Ctrl-C is pressed during the third; whoever runs beside it, or after it, sees that.
            if (target.Name == "h3")
                await ctrlC.CancelAsync();
            if (target.Name is not ("h1" or "h2"))
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref atWork);
            return new InstallOutcome(cancellationToken.IsCancellationRequested ? InstallKind.NotAttempted : InstallKind.Installed);
        }

        var results = await new InstallRollout(InstallAsync, new InstallOptions { Parallel = 2 }, screen, TimeProvider.System)
            .RunAsync(targets, ctrlC.Token).WaitAsync(TimeSpan.FromSeconds(20));

        most.ShouldBe(2);
        results.Select(result => result.Target).ShouldBe(targets, ignoreOrder: true);
        results.Where(result => result.Target.Name is not ("h1" or "h2")).ShouldAllBe(result => result.Outcome.Kind == InstallKind.NotAttempted);
        InstallReport.Code(results).ShouldBe(ExitCode.SomeNeverAnswered);
    }

    private static HostResult Result(string host, InstallKind kind, string reason = "", string details = "", string? agent = null) => new(
        new InstallTarget(host, host, null, null, []),
        new InstallOutcome(kind, reason, details, agent is null ? null : new InstalledAgent(agent, "a-0123456789abcdef")));
}
