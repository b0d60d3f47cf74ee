using Fleet.Controller.Link;

namespace Fleet.Controller.Tests.Link;

public sealed class ByteBudgetTests
{
    [Fact]
    public async Task Who_finds_it_used_up_waits_in_line()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(80, CancellationToken.None);
        var large = budget.TakeAsync(60, CancellationToken.None).AsTask();
        var small = budget.TakeAsync(10, CancellationToken.None).AsTask();
        (large.IsCompleted || small.IsCompleted).ShouldBeFalse("the small one must not overtake for ever");

        budget.Release(80);

        await Task.WhenAll(large, small).WaitAsync(TestController.Patience);
    }

    [Fact]
    public async Task More_than_all_of_it_goes_alone()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(500, CancellationToken.None);
        var next = budget.TakeAsync(1, CancellationToken.None).AsTask();
        next.IsCompleted.ShouldBeFalse();

        budget.Release(500);

        await next.WaitAsync(TestController.Patience);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_line_to_the_next()
    {
        var budget = new ByteBudget(100);
        await budget.TakeAsync(50, CancellationToken.None);
        using var patience = new CancellationTokenSource();
        var large = budget.TakeAsync(90, patience.Token).AsTask();
        var small = budget.TakeAsync(50, CancellationToken.None).AsTask();

        await patience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => large);
        await small.WaitAsync(TestController.Patience);
    }
}
