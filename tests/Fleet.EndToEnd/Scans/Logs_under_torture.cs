using Fleet.Harness.Torture;

namespace Fleet.EndToEnd.Scans;

/// <summary>A short course of torture; longer ones are run by `fleet-benchmarks --what torture --minutes N --seed S`.</summary>
public sealed class Logs_under_torture
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    [ToolFact("logrotate", "xz-utils", "zstd", "bzip2")]
    public async Task No_line_is_stored_twice_and_none_is_lost_outside_a_gap()
    {
        using var limit = new CancellationTokenSource(s_limit);
        var table = await TortureCourse.RunAsync(new TortureOptions { Seed = 31, Duration = TimeSpan.FromSeconds(25) }, limit.Token);

        table.Sum(row => row.Written).ShouldBeGreaterThan(1000);
        table.Sum(row => row.Doubled).ShouldBe(0, table.ToString());
        table.Sum(row => row.Strange).ShouldBe(0, table.ToString());
        // Of a file that came and went while the agent was away nobody can know.
        table.Sum(row => row.Lost - row.Unseen).ShouldBe(0, table.ToString());
    }
}
