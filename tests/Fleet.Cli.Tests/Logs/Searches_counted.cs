using Fleet.Cli.Logs;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Tests.Logs;

public sealed class Searches_counted
{
    [Fact]
    public void A_host_of_which_only_a_part_was_searched_is_not_one_without_hits()
    {
        var tally = new SearchTally();
        Take(tally, "web1", 0, "");
        Take(tally, "web2", 0, "bytes");
        Take(tally, "web3", 0, "cpu");
        Take(tally, "web4", 3, "matches");
        Take(tally, "web5", 2, "bytes");

        (tally.HostsWithHits, tally.HostsWithoutHits, tally.HostsInTrouble).ShouldBe((2, 1, 3));
        tally.Limits.ShouldBe([("bytes", "web[2,5]", 2), ("cpu", "web3", 1), ("matches", "web4", 1)]);
    }

    private static void Take(SearchTally tally, string host, ulong matches, string limit) => tally.Take(
        host, new TaskEnded { State = TaskState.Succeeded }, [new LogResult { End = new LogSearchEnd { Matches = matches, Limit = limit } }], outputRemoved: false);
}
