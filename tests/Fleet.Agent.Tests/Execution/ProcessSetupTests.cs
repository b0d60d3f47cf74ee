using System.Globalization;
using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Native;
using Fleet.Agent.Execution.Processes;

namespace Fleet.Agent.Tests.Execution;

/// <summary>What a process finds when it starts.</summary>
public sealed class ProcessSetupTests : ExecutorTest
{
    private protected override TaskExecutorOptions Options => base.Options with { PassEnvironment = ["PASSED_ON", "NOT_THERE"] };

    [Fact]
    public async Task Standard_input_arrives_whole_and_ends()
    {
        var input = new byte[300_000];
        new Random(7).NextBytes(input);
        var (_, seen) = await RunAsync(Some(Run("cat") with { StandardInput = input }, Run("cat")));
        seen.Bytes(0, OutputStream.StandardOutput).ShouldBe(input);
        seen.Output(1).ShouldBe("", "without input a step reads an empty one");
    }

    [Fact]
    public async Task A_program_need_not_read_its_input()
    {
        var (report, _) = await RunAsync(Some(Run("true") with { StandardInput = new byte[1 << 20] }));
        report.IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task Environment_and_directory_are_the_tasks()
    {
        var request = Some(Sh("echo $A/$B/$FLEET_TASK_ID/$FLEET_JOB_ID; pwd"), Run("pwd")) with
        {
            Environment = new Dictionary<string, string> { ["A"] = "1", ["B"] = "two words" },
            WorkingDirectory = Home,
        };
        var (_, seen) = await RunAsync(request);
        seen.Output().ShouldBe($"1/two words/{request.TaskId}/job-1\n{Home}\n");
        seen.Output(1).ShouldBe($"{Home}\n");
    }

    [Fact]
    public async Task A_clean_environment_holds_what_was_asked_and_no_more()
    {
        var request = Some(Run("env")) with
        {
            CleanEnvironment = true,
            Environment = new Dictionary<string, string> { ["A"] = "1" },
        };
        var (_, seen) = await RunAsync(request);
        seen.Output().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).Order()
            .ShouldBe(["A", "FLEET_JOB_ID", "FLEET_TASK_ID", "PATH"]);
    }

    [Fact]
    public async Task A_task_gets_the_environment_of_a_login_and_nothing_of_the_agents()
    {
        // C.UTF-8 is there on every host.
        string?[] before = [Environment.GetEnvironmentVariable("LANG"), null, null];
        Environment.SetEnvironmentVariable("LANG", "C.UTF-8");
        Environment.SetEnvironmentVariable("PASSED_ON", "yes");
        Environment.SetEnvironmentVariable("MARKER_OF_THE_AGENT", "secret");
        var account = UserAccount.Own()!;
        var request = Some(Run("env"));
        try
        {
            var (_, seen) = await RunAsync(request);
            seen.Output().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("LC_", StringComparison.Ordinal) && !line.StartsWith("TZ=", StringComparison.Ordinal) && !line.StartsWith("LANGUAGE=", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).ShouldBe(
                [
                    "FLEET_JOB_ID=job-1", $"FLEET_TASK_ID={request.TaskId}", $"HOME={account.Home}", "LANG=C.UTF-8", $"LOGNAME={account.Name}", "PASSED_ON=yes",
                    $"PATH={TaskEnvironment.UsualPath}", $"SHELL={account.Shell}", $"USER={account.Name}",
                ]);
        }
        finally
        {
            foreach (var (name, value) in ((string[])["LANG", "PASSED_ON", "MARKER_OF_THE_AGENT"]).Zip(before))
                Environment.SetEnvironmentVariable(name, value);
        }
    }

    [Fact]
    public async Task Programs_are_looked_up_in_the_tasks_own_path()
    {
        var tool = Path.Combine(Home, "only-here");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\necho found\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var request = Some(Run("only-here")) with { Environment = new Dictionary<string, string> { ["PATH"] = $"/nowhere:{Home}:/bin" } };
        var (_, seen) = await RunAsync(request);
        seen.Output().ShouldBe("found\n");
    }

    [Fact]
    public async Task The_file_mode_mask_is_the_tasks_and_ours_stays()
    {
        var ours = Libc.FileModeMask(Convert.ToUInt32("22", 8));
        var (_, seen) = await RunAsync(Some(Sh("umask")) with { FileModeMask = Convert.ToUInt32("27", 8) });
        seen.Output().ShouldBe("0027\n");
        Libc.FileModeMask(ours).ShouldBe(Convert.ToUInt32("22", 8));
    }

    [Fact]
    public async Task Nothing_of_ours_leaks_into_a_child()
    {
        // Opened on purpose without close-on-exec, as a careless library would.
        var leak = Libc.Open("/dev/null", Libc.OpenReadOnly);
        try
        {
            var (report, seen) = await RunAsync(Some(Run("ls", "/proc/self/fd"), Run("cat", "/proc/self/status")));
            report.IsSuccess.ShouldBeTrue();
            seen.Output(0).ShouldBe("0\n1\n2\n3\n", "three streams, and the directory that ls itself has open");

            var status = seen.Output(1).Split('\n').Select(line => line.Split(':', 2)).Where(line => line.Length == 2)
                .ToDictionary(line => line[0], line => line[1].Trim());
            (status["SigBlk"], Ignored(status["SigIgn"])).ShouldBe(("0000000000000000", 0));
        }
        finally
        {
            _ = Libc.Close(leak);
        }
    }

    /// <summary>Somebody we are not.</summary>
    private static string Other(string user) => IsRoot || user != "nobody" ? user : "root";

    /// <summary>Without 32 and 33, glibc's own: its posix_spawn leaves them ignored in every child.</summary>
    private static long Ignored(string mask) =>
        long.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~(3L << 31);

    [Fact]
    public async Task A_step_leads_a_session_and_may_open_its_streams_by_path()
    {
        var (step, seen) = await ShellAsync("echo text > /dev/stderr; cut -d' ' -f5,6 /proc/$$/stat; echo $$");
        seen.Error().ShouldBe("text\n");
        var pid = step.Process!.Value.Pid;
        seen.Output().ShouldBe($"{pid} {pid}\n{pid}\n");
    }

    [Fact]
    public async Task A_task_can_run_as_another_user()
    {
        var request = Some(
            Sh("id -un; id -gn; id -G; echo $HOME $USER $LOGNAME; grep -E '^(SigIgn|SigBlk)' /proc/self/status; ls /proc/self/fd | wc -l"),
            new StepRequest.Script("#!/bin/sh\nid -un\nls -ld \"$0\"\n"u8.ToArray(), "who", [])) with
        {
            RunAs = Other("nobody"),
            WorkingDirectory = "/",
        };
        var (report, seen) = await RunAsync(request);
        if (!IsRoot)
        {
            report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>().Failure.ShouldBe(StartFailure.CannotSwitchUser);
            return;
        }

        report.Steps.ShouldAllBe(step => step.Outcome == new StepOutcome.Exited(0));
        var lines = seen.Output().Split('\n');
        lines[0].ShouldBe("nobody");
        lines[1].ShouldBe("nogroup");
        lines[2].ShouldBe("65534");
        lines[3].ShouldEndWith(" nobody nobody");
        lines[4].ShouldBe("SigBlk:\t0000000000000000");
        Ignored(lines[5].Split('\t')[1]).ShouldBe(0);
        lines[6].ShouldBe("4");
        seen.Output(1).ShouldStartWith("nobody\n-rwx------ 1 nobody nogroup");
    }

    [Theory]
    [InlineData("no-such-user", "true", "/", StartFailure.UnknownUser)]
    [InlineData("nobody", "/no/such/file", "/", StartFailure.NotFound)]
    [InlineData("nobody", "no-such-program", "/", StartFailure.NotFound)]
    [InlineData("nobody", "/etc/shadow", "/", StartFailure.PermissionDenied)]
    [InlineData("nobody", "true", "/root", StartFailure.PermissionDenied)]
    [InlineData("nobody", "true", "/no/such/place", StartFailure.NoSuchDirectory)]
    public async Task What_another_user_may_not_do_is_told(string user, string program, string directory, StartFailure expected)
    {
        var (report, seen) = await RunAsync(Some(Run(program)) with { RunAs = Other(user), WorkingDirectory = directory });
        var failed = report.Steps[0].Outcome.ShouldBeOfType<StepOutcome.FailedToStart>();
        failed.Failure.ShouldBe(IsRoot || expected == StartFailure.UnknownUser ? expected : StartFailure.CannotSwitchUser);
        seen.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_time_limit_holds_while_the_user_is_being_changed_too()
    {
        var request = Some(Run("sleep", "300")) with { RunAs = Other("nobody"), RunTimeout = TimeSpan.FromMilliseconds(20) };
        var (report, seen) = await RunAsync(request);
        if (!IsRoot)
        {
            report.Steps.ShouldAllBe(step => step.Outcome is StepOutcome.FailedToStart);
            return;
        }

        report.End.ShouldBe(new TaskEnd.TimedOut());
        report.Steps.ShouldAllBe(step => step.Outcome == new StepOutcome.TimedOut());
        Living(request, seen).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_user_may_be_given_by_number_and_mask_and_environment_hold_for_it_too()
    {
        if (!IsRoot)
        {
            Libc.EffectiveUser().ShouldNotBe(0u, "becoming another user is for root; see the refusals above");
            return;
        }

        var request = Some(Sh("id -u; umask; echo $A $LD_PRELOAD_TEST; pwd")) with
        {
            RunAs = 65534.ToString(CultureInfo.InvariantCulture),
            FileModeMask = Convert.ToUInt32("77", 8),
            WorkingDirectory = "/usr",
            Environment = new Dictionary<string, string> { ["A"] = "1" },
        };
        var (_, seen) = await RunAsync(request);
        seen.Output().ShouldBe("65534\n0077\n1\n/usr\n");
    }
}
