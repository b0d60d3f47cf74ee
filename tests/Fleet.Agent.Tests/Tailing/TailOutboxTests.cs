using Fleet.Agent.Tailing;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Tests.Tailing;

/// <summary>What waits to be sent is bounded, sent against credit, and never missing without a count.</summary>
public sealed class TailOutboxTests
{
    private readonly TailOutbox _outbox = new("t1");

    [Fact]
    public void Nothing_is_sent_without_credit_but_the_first_word_and_the_last()
    {
        _outbox.TryTake().ShouldBeNull();
        Add("a", 1, 3);
        _outbox.TryTake().ShouldBeNull();
        _outbox.Begin();
        _outbox.TryTake().ShouldBe(new TailOutput { TailId = "t1" });
        _outbox.TryTake().ShouldBeNull();
        _outbox.Grant(1);
        Numbers(_outbox.TryTake()!).ShouldBe([1, 2, 3]);
        _outbox.TryTake().ShouldBeNull();
        _outbox.End("no such file");
        _outbox.TryTake().ShouldBe(new TailOutput { TailId = "t1", Ended = "no such file" });
        _outbox.TryTake().ShouldBeNull();
    }

    [Fact]
    public void Credit_is_used_up_by_what_is_sent_and_overdrawn_by_no_more_than_a_message()
    {
        Add("a", 1, 20_000);
        _outbox.Grant(50_000);
        var sent = 0;
        while (_outbox.TryTake() is { } output)
            sent += output.Lines.Sum(lines => lines.CalculateSize());
        sent.ShouldBeInRange(50_000, 50_000 + (2 * TailOutbox.ChunkBytes));
        _outbox.Grant(ulong.MaxValue);
        _outbox.Grant(ulong.MaxValue);
        _outbox.TryTake().ShouldNotBeNull();
    }

    [Fact]
    public void Lines_without_room_are_counted_where_they_would_have_stood()
    {
        Add("a", 1, 200_000);
        _outbox.HasRoom.ShouldBeFalse();
        _outbox.LeftOut.ShouldBeGreaterThan(0UL);
        var waiting = 200_000 - (long)_outbox.LeftOut;
        _outbox.Grant(ulong.MaxValue);
        Numbers(_outbox.TryTake()!)[0].ShouldBe(1);
        Add("a", 300_000, 1);
        _outbox.Note("a", "is gone");

        var rest = TakeAll();
        rest.ForEach(lines => lines.Lines.Lines.Count.ShouldBeLessThan(2000));
        var last = rest.Last(lines => lines.Lines.Lines.Count > 0);
        last.Dropped.ShouldBe(_outbox.LeftOut, "the count stands before the line that comes after it");
        Numbers(last).ShouldBe([300_000]);
        rest[^1].Note.ShouldBe("is gone");
        rest.Sum(lines => lines.Lines.Lines.Count).ShouldBeLessThan((int)waiting + 2);
        _outbox.HasRoom.ShouldBeTrue();
    }

    [Fact]
    public void What_is_left_out_at_the_end_is_said_when_counting_is_over()
    {
        _outbox.Grant(ulong.MaxValue);
        _outbox.SetCounting(true);
        _outbox.LeaveOut("a", 5);
        _outbox.TryTake().ShouldBeNull();
        _outbox.LeaveOut("a", 7);
        _outbox.SetCounting(false);
        var lines = TakeAll().ShouldHaveSingleItem();
        (lines.Dropped, lines.Lines.Source, lines.Lines.Lines.Count).ShouldBe((12UL, "a", 0));
        _outbox.TryTake().ShouldBeNull();
    }

    [Fact]
    public void Lines_of_several_logs_keep_their_order_and_long_ones_are_whole()
    {
        _outbox.Grant(ulong.MaxValue);
        Add("a", 1, 1);
        Add("b", 2, 1);
        _outbox.Line("b", Encoded(3, 60_000));
        Add("a", 4, 1);
        var all = TakeAll();
        all.ConvertAll(lines => lines.Lines.Source).ShouldBe(["a", "b", "b", "a"]);
        all.SelectMany(Numbers).ShouldBe([1, 2, 3, 4]);
        all[2].Lines.Lines[0].Text.Length.ShouldBe(60_000);
    }

    [Fact]
    public void A_flood_of_notes_is_bounded()
    {
        for (var i = 0; i < 1000; i++)
            _outbox.Note("a", "is gone");
        _outbox.Grant(ulong.MaxValue);
        TakeAll().Count.ShouldBe(64);
    }

    [Fact]
    public void Only_so_many_last_lines_are_kept_and_too_long_ones_are_counted()
    {
        var history = new TailHistory(3);
        for (var line = 1; line <= 10; line++)
            history.Add(Encoded(line, 1));
        history.MoveTo(_outbox, "a");
        var large = new TailHistory(100);
        for (var line = 1; line <= 10; line++)
            large.Add(Encoded(line, 60_000));
        large.MoveTo(_outbox, "b");

        _outbox.Grant(ulong.MaxValue);
        var all = TakeAll();
        Numbers(all[0]).ShouldBe([8, 9, 10]);
        all.Skip(1).SelectMany(Numbers).ShouldBe([7, 8, 9, 10]);
        all[1].Dropped.ShouldBe(6UL);
    }

    private static byte[] Encoded(int number, int length) => new LogLine { Offset = (ulong)number, Text = ByteString.CopyFrom(new byte[length]) }.ToByteArray();

    private void Add(string source, int first, int count)
    {
        for (var number = first; number < first + count; number++)
            _outbox.Line(source, Encoded(number, 20));
    }

    private List<TailLines> TakeAll()
    {
        var all = new List<TailLines>();
        while (_outbox.TryTake() is { } output)
            all.AddRange(output.Lines);
        return all;
    }

    private static List<int> Numbers(TailOutput output) => [.. output.Lines.SelectMany(Numbers)];

    private static List<int> Numbers(TailLines lines) => [.. lines.Lines.Lines.Select(line => (int)line.Offset)];
}
