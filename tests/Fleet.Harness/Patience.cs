using System.Diagnostics;

namespace Fleet.Harness;

/// <summary>Waits for something to become true, with a limit and without guessing how long it takes.</summary>
public static class Patience
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It never was.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> isTrue, TimeSpan? limit = null, Func<string>? evidence = null)
    {
        var clock = Stopwatch.StartNew();
        var most = limit ?? TimeSpan.FromSeconds(30);
        while (!await isTrue())
        {
            if (clock.Elapsed > most)
                throw new TimeoutException($"Waited {most} for: {what}.\n{evidence?.Invoke()}");
            await Task.Delay(Step);
        }
    }

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It never was.</exception>
    public static Task UntilAsync(string what, Func<bool> isTrue, TimeSpan? limit = null, Func<string>? evidence = null) =>
        UntilAsync(what, () => Task.FromResult(isTrue()), limit, evidence);
}
