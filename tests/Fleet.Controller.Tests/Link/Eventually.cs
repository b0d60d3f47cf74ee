namespace Fleet.Controller.Tests.Link;

/// <summary>Waits for what other tasks bring about.</summary>
internal static class Eventually
{
    /// <summary>Looks until it holds, or fails after the usual patience.</summary>
    public static async Task Async(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (!holds())
            await Task.Delay(2, limit.Token);
    }

    /// <summary>The same where looking takes its time.</summary>
    public static async Task Async(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TestController.Patience);
        while (!await holds())
            await Task.Delay(2, limit.Token);
    }
}
