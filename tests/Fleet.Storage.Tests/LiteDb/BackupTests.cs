using Fleet.Storage.LiteDb;
using Fleet.Storage.Tests.Contract;

namespace Fleet.Storage.Tests.LiteDb;

public sealed class BackupTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly LiteDbProvider provider = new();
    private readonly LiteDbStoreFiles files = new();

    private string Target => Path.Combine(provider.Directory, "copy.litedb");

    public void Dispose() => provider.Dispose();

    [Fact]
    public async Task A_copy_of_a_store_that_is_written_to_is_whole_consistent_and_for_its_owner_alone()
    {
        // Checkpoints as often as can be: none may fall into the copy.
        await using var store = await OpenAsync(provider.Options with { MaxLogPages = 20, CheckpointWhenQuietFor = TimeSpan.FromMilliseconds(1) });
        await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        await store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();
        using var stop = new CancellationTokenSource();
        var done = 0;
        var writing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; done++)
                await CrashContract.RunAsync(store, $"job{done:00000}");
        });
        while (Volatile.Read(ref done) < 5)
            await Task.Delay(5);

        await files.CopyAsync(provider.File, Target, None).InTime();
        await stop.CancelAsync();
        await writing.InTime();

        var contents = await files.VerifyAsync(Target, None).InTime();
        (contents.Agents, contents.Tokens).ShouldBe((1, 1));
        contents.Jobs.ShouldBeInRange(5, done);
        // The events of a job come in one commit: there are all 40 of each, but of the one that had only been made.
        contents.Events.ShouldBeInRange((contents.Jobs - 1) * 40, contents.Jobs * 40);
        (contents.Events % 40).ShouldBe(0);
        File.GetUnixFileMode(Target).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(provider.Directory, "copy.litedb*").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_copy_is_a_store_and_one_that_is_damaged_is_named()
    {
        await using (var store = await OpenAsync(provider.Options))
        {
            await store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
            for (var n = 0; n < 200; n++)
                await store.Settings.SetAsync($"name{n}", new byte[500], None).InTime();
        }

        await files.CopyAsync(provider.File, Target, None).InTime();
        await using (var copy = await OpenAsync(provider.Options with { Path = Target }, least: 2))
            (await copy.Tokens.ListAsync(None).InTime()).ShouldHaveSingleItem();
        (await Should.ThrowAsync<StoreException>(() => files.CopyAsync(provider.File, Target, None).InTime())).Fault.ShouldBe(StoreFault.Unwritable);

        await using (var file = File.OpenWrite(Target))
        {
            // All but the header and the first pages.
            file.Position = 20 * 8192;
            file.Write([.. Enumerable.Repeat((byte)0xff, (int)(file.Length - file.Position))]);
        }

        (await Should.ThrowAsync<StoreException>(() => files.VerifyAsync(Target, None).InTime())).Fault.ShouldBe(StoreFault.Corrupt);
        (await Should.ThrowAsync<StoreException>(() => files.VerifyAsync(Target + "x", None).InTime())).Fault.ShouldBe(StoreFault.Lost);
    }

    private Task<LiteDbFleetStore> OpenAsync(LiteDbStoreOptions options, long least = 0) =>
        provider.OpenAsync(options with { Expected = new StoreExpectation { FleetId = "f1ee7", LeastRevision = least } });
}
