using System.Collections.Concurrent;
using Fleet.Storage.Tests.Contract;

namespace Fleet.Storage.Tests.LiteDb;

/// <summary>The power goes at some write, some flush or some truncation, while many write, read, and the log is folded into the file.</summary>
public sealed class PowerCutTests : IDisposable
{
    private const int Rounds = 30;
    private const int Writers = 3;
    private const int TasksOfJob = 3;
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly LiteDbProvider provider = new();

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task Whatever_was_not_flushed_is_lost_what_was_acknowledged_or_seen_is_there_and_nothing_is_half_done()
    {
        var random = new Random(20261130);
        for (var round = 0; round < Rounds; round++)
        {
            // At any operation, or where a transaction or a checkpoint is written whole and not flushed.
            var (seed, atFlush) = (random.Next(), round % 2 == 1);
            var operations = atFlush ? random.Next(8, 40) : random.Next(250, 900);
            try
            {
                await RunAsync(new ForgetfulDisk(seed, operations, atFlush), round);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"with new ForgetfulDisk({seed}, {operations}, {atFlush}): {e.Message}", e);
            }
        }
    }

    private async Task RunAsync(ForgetfulDisk disk, int round)
    {
        var options = provider.Options with
        {
            Path = $"{provider.File}{round}",
            OpenFile = disk.Open,
            // So that many checkpoints fall into a round.
            MaxLogPages = 60,
            CheckpointWhenQuietFor = TimeSpan.FromMilliseconds(1),
        };
        var promised = new ConcurrentBag<string>();
        var (written, seen) = (0, 0);
        var store = await provider.OpenAsync(options);
        await Task.WhenAll(
            [
                .. Enumerable.Range(0, Writers).Select(writer => UntilCutAsync(disk, async n =>
                {
                    await CrashContract.RunAsync(store, $"job{writer}-{n}", TasksOfJob);
                    promised.Add($"job{writer}-{n}");
                })),
                UntilCutAsync(disk, async n =>
                {
                    await store.Settings.SetAsync("n", BitConverter.GetBytes(n), None).InTime();
                    written = n;
                }),
                UntilCutAsync(disk, async _ =>
                {
                    if (await store.Settings.GetAsync("n", None).InTime() is { } value)
                        seen = Math.Max(seen, BitConverter.ToInt32(value));
                    await Task.Delay(1);
                }),
            ]).InTime();
        await store.DisposeAsync().AsTask().InTime();

        disk.Restore();
        await using (var again = await provider.OpenAsync(options))
        {
            await CrashContract.CheckAsync(again, promised, TasksOfJob);
            var last = await again.Settings.GetAsync("n", None).InTime() is { } value ? BitConverter.ToInt32(value) : 0;
            last.ShouldBeGreaterThanOrEqualTo(Math.Max(written, seen), "what a reader has seen is durable too");
            await CrashContract.RunAsync(again, "after", TasksOfJob);
            promised.Add("after");
        }

        await using var once = await provider.OpenAsync(options);
        await CrashContract.CheckAsync(once, promised, TasksOfJob);
    }

    private static async Task UntilCutAsync(ForgetfulDisk disk, Func<int, Task> step)
    {
        try
        {
            for (var n = 1; !disk.IsCut; n++)
                await step(n);
        }
        catch (StoreException) when (disk.IsCut)
        {
            // The power went while it waited.
        }
    }
}
