namespace Fleet.Grpc.Tests.Hosting;

internal static class Poll
{
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limits.Step);
        while (!condition())
            await Task.Delay(10, limit.Token);
    }
}
