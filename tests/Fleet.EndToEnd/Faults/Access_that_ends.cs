using Fleet.Harness;

namespace Fleet.EndToEnd.Faults;

/// <summary>Who may come in, who may not, and who is put out.</summary>
public sealed class Access_that_ends : IAsyncLifetime
{
    private FleetOnThisMachine _fleet = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _fleet = await FleetOnThisMachine.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task A_removed_agent_is_cut_off_at_once_and_does_not_come_back()
    {
        await _fleet.AddAgentsAsync(["web1", "web2"]);
        var gate = Path.Combine(_fleet.Directory, "gate");
        var job = (await _fleet.Admin.RunAsync("exec", "--all", "--yes", "--detach", "-c", $"while [ ! -e {gate} ]; do sleep 0.1; done; echo over")).Stdout.Trim();
        var removed = await _fleet.Admin.RunAsync("agents", "remove", "web1", "--yes");
        removed.ExitCode.ShouldBe(0, removed.ToString());

        await Patience.UntilAsync("the agent has heard of it", () => _fleet.Agents[0].Output.Contains("removed", StringComparison.OrdinalIgnoreCase), evidence: () => _fleet.Agents[0].Output);
        (await _fleet.OnlineAsync()).ShouldBe(1);
        await File.WriteAllTextAsync(gate, "");
        var truth = await JobTruth.OfAsync(_fleet.Admin, job);
        truth.State("web1").ShouldBe("interrupted");
        truth.State("web2").ShouldBe("succeeded");
        var exec = await _fleet.Admin.RunAsync("exec", "web1", "--", "true");
        exec.ExitCode.ShouldBe(2, exec.ToString());
    }

    [Fact]
    public async Task A_revoked_operator_is_cut_off_in_the_midst_of_a_call_and_refused_from_then_on()
    {
        await _fleet.AddAgentsAsync(["web1"]);
        var eve = await LoginAsync("eve", "operator");
        var job = (await eve.RunAsync("exec", "web1", "--detach", "--", "sleep", "30")).Stdout.Trim();
        await using var watch = eve.Start("jobs", "watch", job);
        await Patience.UntilAsync("the task runs", async () => (await _fleet.Admin.RunAsync("jobs", "show", job, "--tasks")).Stdout.Contains("running", StringComparison.Ordinal));

        (await _fleet.Admin.RunAsync("operators", "revoke", "eve")).ExitCode.ShouldBe(0);
        (await watch.WaitAsync(TimeSpan.FromSeconds(15))).ShouldBe(4, watch.Output);
        var refused = await eve.RunAsync("agents", "list");
        refused.ExitCode.ShouldBe(4, refused.ToString());
        refused.Stderr.ShouldContain("revoked");
        // The job is the fleet's, not hers: it goes on until somebody says otherwise.
        await _fleet.Admin.RunAsync("jobs", "cancel", job);
        (await JobTruth.OfAsync(_fleet.Admin, job)).State("web1").ShouldBe("cancelled");
    }

    [ToolFact("faketime")]
    public async Task An_operators_certificate_is_renewed_in_time_and_an_expired_one_is_named()
    {
        await using var fleet = await FleetOnThisMachine.StartAsync("--set", "certificates.controllerLifetime=730d");
        var identity = Path.Combine(fleet.Directory, "admin", "default", "identity.pem");
        var first = await File.ReadAllTextAsync(identity);
        var early = await InDaysAsync(fleet, 200);
        early.ExitCode.ShouldBe(0, early.ToString());
        (await File.ReadAllTextAsync(identity)).ShouldBe(first);

        var expired = await InDaysAsync(fleet, 400);
        expired.ExitCode.ShouldBe(4, expired.ToString());
        expired.Stderr.ShouldContain("expired on");
        expired.Stderr.ShouldContain("fleet token create --operator");

        var due = await InDaysAsync(fleet, 300);
        due.ExitCode.ShouldBe(0, due.ToString());
        due.Stderr.ShouldBe("");
        (await File.ReadAllTextAsync(identity)).ShouldNotBe(first);
        (await fleet.Admin.RunAsync("jobs", "list")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_operator_without_the_role_is_refused_and_nothing_is_run()
    {
        await _fleet.AddAgentsAsync(["web1"]);
        var viewer = await LoginAsync("vic", "viewer");
        (await viewer.RunAsync("agents", "list")).ExitCode.ShouldBe(0);
        foreach (var command in new[] { new[] { "exec", "web1", "--", "true" }, ["jobs", "cancel", "last"], ["agents", "remove", "web1", "--yes"], ["token", "create"] })
        {
            var refused = await viewer.RunAsync(command);
            refused.ExitCode.ShouldBe(4, $"{string.Join(' ', command)}: {refused}");
            refused.Stderr.ShouldContain("viewer");
        }

        (await _fleet.Admin.RunAsync("jobs", "list", "--json")).Stdout.ShouldBe("");
        var hand = await LoginAsync("hal", "operator");
        (await hand.RunAsync("exec", "web1", "--", "true")).ExitCode.ShouldBe(0);
        (await hand.RunAsync("token", "create")).ExitCode.ShouldBe(4);
    }

    [Fact]
    public async Task Tokens_that_are_expired_used_up_or_revoked_let_nobody_in_and_leave_nothing_behind()
    {
        var expired = await _fleet.CreateTokenAsync("--expires", "1s");
        var once = await _fleet.CreateTokenAsync("--uses", "1");
        var revoked = await _fleet.CreateTokenAsync();
        await _fleet.NewAgent("first").EnrollAsync(_fleet.Controller.Address, once);
        (await _fleet.Admin.RunAsync("token", "revoke", TokenId(revoked))).ExitCode.ShouldBe(0);
        await Task.Delay(TimeSpan.FromSeconds(1.1));

        foreach (var (token, why) in new[] { (expired, "expired"), (once, "used"), (revoked, "revoked"), (once.Replace(".a.", ".o.", StringComparison.Ordinal), "operator") })
        {
            var agent = _fleet.NewAgent("second");
            var refused = await agent.TryEnrollAsync(_fleet.Controller.Address, token);
            refused.ExitCode.ShouldNotBe(0);
            refused.Stderr.ShouldContain(why, Case.Insensitive, refused.ToString());
            File.Exists(Path.Combine(agent.StateDirectory, "identity.pem")).ShouldBeFalse();
        }

        (await _fleet.Admin.RunAsync("agents", "list", "--json")).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_and_an_identity_of_one_fleet_are_worth_nothing_at_another()
    {
        await using var other = await FleetOnThisMachine.StartAsync();
        var refused = await other.NewAgent("stray").TryEnrollAsync(other.Controller.Address, await _fleet.CreateTokenAsync());
        refused.ExitCode.ShouldNotBe(0);
        refused.Stderr.ShouldContain("root certificate", Case.Insensitive, refused.ToString());
        // Nothing secret reached the wrong controller: it never saw the token's use.
        other.Controller.Output.ShouldNotContain("stray");

        // An agent of this fleet that finds the other one in its controller's place trusts it with nothing.
        var agent = _fleet.NewAgent("web1");
        await agent.EnrollAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync());
        await using var wire = FaultyWire.To(other.Controller.Port);
        var misled = new AgentHost("web1", agent.StateDirectory, "--controller", wire.Address);
        await using (misled)
        {
            misled.Start();
            await Patience.UntilAsync("it refuses the stranger", () => misled.Output.Contains("not this fleet", StringComparison.OrdinalIgnoreCase)
                || misled.Output.Contains("certificate", StringComparison.OrdinalIgnoreCase), evidence: () => misled.Output);
            (await other.OnlineAsync()).ShouldBe(0);
        }
    }

    private async Task<OperatorSeat> LoginAsync(string name, string role)
    {
        var seat = new OperatorSeat(Path.Combine(_fleet.Directory, name));
        await seat.LoginAsync(_fleet.Controller.Address, await _fleet.CreateTokenAsync("--operator", role), name);
        return seat;
    }

    /// <summary>A command of the administrator, whose own clock is ahead by so many days.</summary>
    private static Task<CommandResult> InDaysAsync(FleetOnThisMachine fleet, int days) => OneShot.RunAsync(
        "faketime", ["-f", $"+{days}d", Binaries.Cli, "jobs", "list"],
        new Dictionary<string, string>(fleet.Admin.Environment) { ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", ["DONT_FAKE_MONOTONIC"] = "1" });

    private static string TokenId(string token) => "t-" + token.Split('.')[2];
}
