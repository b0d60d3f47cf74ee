using System.Diagnostics;
using Fleet.Harness;

const int Hosts = 20;
var clock = Stopwatch.StartNew();
void Say(string text) => Console.WriteLine($"[{clock.Elapsed.TotalSeconds,5:0.0} s] {text}");

Say("starting a controller: it makes its own trust roots and one administrator");
await using (var fleet = await FleetOnThisMachine.StartAsync())
{
    Say($"the administrator is logged in over TLS 1.3; enrolling and starting {Hosts} agents with one token");
    await fleet.AddAgentsAsync(Enumerable.Range(1, Hosts).Select(n => $"host{n:00}"));

    Say("all agents are linked; the inspection of three commands, on all of them in one job:");
    await ShowAsync(fleet, "exec", "--all", "-c", "df -h /", "-c", "free -h", "-c", "uptime");

    Say("the same command everywhere, but one host fails and one takes too long:");
    await ShowAsync(fleet, "exec", "--all", "--timeout", "2s", "--grace", "500ms", "-c", Unlucky);

    Say("only those that did not succeed, once more:");
    await ShowAsync(fleet, "jobs", "retry", "last");

    Say("stopping everything");
}

Say("done; nothing is left running and the temporary directory is gone");
return 0;

static async Task ShowAsync(FleetOnThisMachine fleet, params string[] arguments)
{
    Console.WriteLine($"\n$ fleet {string.Join(' ', arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"'{a}'" : a))}");
    var clock = Stopwatch.StartNew();
    var result = await fleet.Admin.RunAsync(arguments);
    Console.Write(result.Stdout + result.Stderr);
    Console.WriteLine($"(exit code {result.ExitCode}, {clock.Elapsed.TotalSeconds:0.00} s with the start of the command)\n");
}

/// <summary>What is run to show unlucky hosts.</summary>
internal static partial class Program
{
    // All agents are on one machine here: the task's number tells them apart.
    private const string Unlucky =
        "case $FLEET_TASK_ID in *.7) echo the disk is on fire >&2; exit 3;; *.13) sleep 60;; esac; echo fine";
}
