using FsCheck;
using FsCheck.Fluent;
using Fleet.Agent.Execution;
using Fleet.Agent.Execution.Output;

namespace Fleet.Agent.Tests.Execution;

public sealed class OutputLimiterTests
{
    [Fact]
    public void However_a_stream_is_cut_head_dropped_and_tail_make_up_the_whole()
    {
        var cases =
            from head in Gen.Choose(0, 300)
            from tail in Gen.Choose(0, 9000)
            from cuts in Gen.Choose(0, 4000).ListOf()
            from seed in Gen.Choose(0, int.MaxValue)
            select (head, tail, cuts, seed);
        Prop.ForAll(cases.ToArbitrary(), given =>
            {
                var (head, tail, cuts, seed) = given;
                var whole = new byte[cuts.Sum()];
                new Random(seed).NextBytes(whole);

                // Whoever follows gets more of the beginning, and the sums hold all the same.
                var limiter = new OutputLimiter(seed % 2 == 0 ? new OutputLimits(head, tail) : new OutputLimits(head / 2, tail, head));
                var kept = new List<byte>();
                var position = 0;
                foreach (var cut in cuts)
                {
                    var read = whole.AsSpan(position, cut);
                    kept.AddRange(read[..limiter.Accept(read)]);
                    position += cut;
                }

                var end = limiter.TakeTail();
                return kept.Count == Math.Min(head, whole.Length)
                    && end.Length == Math.Min(tail, whole.Length - kept.Count)
                    && kept.Count + limiter.DroppedBytes + end.Length == whole.Length
                    && limiter.TotalBytes == whole.Length
                    && limiter.TailOffset == whole.Length - end.Length
                    && whole.AsSpan(0, kept.Count).SequenceEqual(kept.ToArray())
                    && whole.AsSpan(whole.Length - end.Length).SequenceEqual(end);
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
