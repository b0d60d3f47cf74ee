using Fleet.Controller.Link;
using Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Link;

public sealed class OutboxTests
{
    [Fact]
    public async Task Messages_keep_their_order_and_acknowledgements_merge_behind_them()
    {
        var outbox = new Outbox(10);
        outbox.Ack("t", 1);
        outbox.TryPost(Cancel("a"), out _).ShouldBeTrue();
        outbox.Ack("t", 3);
        outbox.Ack("u", 1);
        outbox.Ack("t", 2);
        outbox.AckReport("spool", 4);
        outbox.AckReport("spool", 5);
        outbox.TryPost(Cancel("b"), out _).ShouldBeTrue();

        (await outbox.WaitAsync()).ShouldBeTrue();
        Take(outbox, more: true).CancelTask.TaskId.ShouldBe("a");
        Take(outbox, more: true).CancelTask.TaskId.ShouldBe("b");
        Take(outbox, more: true).Ack.Acks.Select(ack => (ack.TaskId, ack.Seq)).ShouldBe([("t", 3ul), ("u", 1ul)]);
        Take(outbox, more: false).ScanReportAck.Number.ShouldBe(5ul);
        outbox.TryTake(out _, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_any_of_them()
    {
        foreach (var wake in new Action<Outbox>[] { o => o.TryPost(Cancel("a"), out _), o => o.Ack("t", 1), o => o.AckReport("spool", 1), o => o.Beat(7) })
        {
            var outbox = new Outbox(10);
            var waiting = outbox.WaitAsync().AsTask();
            waiting.IsCompleted.ShouldBeFalse();
            wake(outbox);
            (await waiting.WaitAsync(TestController.Patience)).ShouldBeTrue();
            outbox.TryTake(out _, out _).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_acknowledgement_in_passing_waits_for_company_but_not_for_ever()
    {
        var outbox = new Outbox(10);
        var waiting = outbox.WaitAsync().AsTask();
        outbox.AckInPassing("t", 3);
        waiting.IsCompleted.ShouldBeFalse();
        outbox.TryPost(Cancel("a"), out _);
        (await waiting.WaitAsync(TestController.Patience)).ShouldBeTrue();
        Take(outbox, more: true).CancelTask.TaskId.ShouldBe("a");
        Take(outbox, more: false).Ack.Acks.ShouldHaveSingleItem().Seq.ShouldBe(3ul);

        waiting = outbox.WaitAsync().AsTask();
        outbox.Flush();
        waiting.IsCompleted.ShouldBeFalse();
        outbox.AckInPassing("u", 1);
        outbox.Flush();
        (await waiting.WaitAsync(TestController.Patience)).ShouldBeTrue();
        Take(outbox, more: false).Ack.Acks.ShouldHaveSingleItem().TaskId.ShouldBe("u");
    }

    [Fact]
    public void A_full_outbox_says_so_and_acknowledgements_never_fill_it()
    {
        var outbox = new Outbox(2);
        for (var i = 1; i <= 100; i++)
            outbox.Ack("t", i);
        outbox.TryPost(Cancel("a"), out _).ShouldBeTrue();
        outbox.TryPost(Cancel("b"), out _).ShouldBeTrue();

        outbox.TryPost(Cancel("c"), out var isFull).ShouldBeFalse();

        isFull.ShouldBeTrue();
    }

    [Fact]
    public async Task A_last_word_takes_the_place_of_what_waits_and_nothing_follows_it()
    {
        var outbox = new Outbox(10);
        outbox.TryPost(Cancel("a"), out _);
        outbox.Close(new ControllerMessage { Goodbye = new Goodbye() });
        outbox.TryPost(Cancel("b"), out var isFull).ShouldBeFalse();
        isFull.ShouldBeFalse();

        Take(outbox, more: false).Goodbye.ShouldNotBeNull();
        (await outbox.WaitAsync()).ShouldBeFalse();
    }

    private static ControllerMessage Take(Outbox outbox, bool more)
    {
        outbox.TryTake(out var message, out var waits).ShouldBeTrue();
        waits.ShouldBe(more);
        return message;
    }

    private static ControllerMessage Cancel(string taskId) => new() { CancelTask = new CancelTask { TaskId = taskId } };
}
