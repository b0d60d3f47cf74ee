using Fleet.Controller.Hosting;
using Fleet.Controller.Identity;
using Fleet.Storage;
using Fleet.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Hosting;

/// <summary>A store and the trust roots beside it belong together, and the record of that is never ahead of the store.</summary>
public sealed class OpenedDataTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly DataDirectory _data;

    public OpenedDataTests() => _data = new DataDirectory(_directory.New("data"));

    private StoreRecordFile Record => new(_data.TrustPath);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_new_fleet_may_make_its_store_and_from_then_on_has_one()
    {
        FirstStart.CreateRoots(_data, _time);
        Record.Load()!.Revision.ShouldBe(0);

        await using (var opened = await OpenAsync())
            Record.Load().ShouldBe(await opened.Store.Revisions.GetAsync(None));

        Record.Load()!.Revision.ShouldBe(1);
        File.GetUnixFileMode(Path.Combine(_data.TrustPath, "store.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_fleet_of_an_earlier_version_is_taken_over_without_a_word()
    {
        await MakeFleetAsync();
        // As an earlier version left it: no record, and a store that has not been told whose it is.
        File.Delete(Path.Combine(_data.TrustPath, "store.json"));

        await using var opened = await OpenAsync();

        Record.Load().ShouldBe(await opened.Store.Revisions.GetAsync(None));
        (await opened.Store.Tokens.ListAsync(None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_operators_brought_to_an_earlier_version_is_taken_over()
    {
        await MakeFleetAsync();
        Directory.CreateDirectory(Path.Combine(_data.Path, "artefacts"));
        await File.WriteAllTextAsync(Path.Combine(_data.Path, "artefacts", "fleet-agent-1.0.0-linux-x64.tar.gz"), "brought");

        await using var opened = await OpenAsync();

        Directory.GetFiles(_data.ArtifactsPath).ShouldHaveSingleItem().ShouldEndWith("fleet-agent-1.0.0-linux-x64.tar.gz");
        Directory.Exists(Path.Combine(_data.Path, "artefacts")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_old_copy_of_the_store_is_refused_accepted_when_asked_for_and_then_not_refused_again()
    {
        await MakeFleetAsync();
        var copy = _directory.New("copy");
        File.Copy(_data.StorePath, copy);
        await using (var opened = await OpenAsync())
        {
            await AddTokenAsync(opened, "later");
            Record.Save((await opened.Store.Revisions.GetAsync(None))!);
        }

        File.Move(copy, _data.StorePath, overwrite: true);

        var refusal = await Should.ThrowAsync<StoreException>(() => OpenAsync());
        refusal.Fault.ShouldBe(StoreFault.Older);
        refusal.Message.ShouldContain("`fleet-controller run --accept-older-store`");
        refusal.Message.ShouldContain("`fleet-controller run --new-store`");
        await (await OpenAsync(StoreMismatch.AcceptOlder)).DisposeAsync();
        await using var again = await OpenAsync();
        (await again.Store.Tokens.ListAsync(None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_new_store_is_refused_no_more_and_the_old_one_is_kept()
    {
        await MakeFleetAsync();
        await File.WriteAllBytesAsync(_data.StorePath, []);
        await Should.ThrowAsync<StoreException>(() => OpenAsync());

        await (await OpenAsync(StoreMismatch.SetAside)).DisposeAsync();

        await using var again = await OpenAsync();
        (await again.Store.Tokens.ListAsync(None)).ShouldBeEmpty();
        Directory.GetFiles(_data.Path, "fleet.db.replaced-*").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Another_fleets_store_and_another_fleets_record_are_refused()
    {
        await MakeFleetAsync();
        var other = new DataDirectory(_directory.New("other"));
        FirstStart.CreateRoots(other, _time);

        File.Copy(_data.StorePath, other.StorePath);
        (await Should.ThrowAsync<StoreException>(() => OpenAsync(data: other))).Fault.ShouldBe(StoreFault.OtherFleet);

        File.Copy(Path.Combine(_data.TrustPath, "store.json"), Path.Combine(other.TrustPath, "store.json"), overwrite: true);
        (await Should.ThrowAsync<TrustException>(() => OpenAsync(data: other))).Message.ShouldContain("from the same backup");
    }

    [Fact]
    public async Task A_damaged_record_is_named()
    {
        await MakeFleetAsync();
        await File.WriteAllTextAsync(Path.Combine(_data.TrustPath, "store.json"), "{ \"fleet\": 7");

        (await Should.ThrowAsync<TrustException>(() => OpenAsync())).Message.ShouldContain("store.json is damaged");
    }

    [Fact]
    public async Task The_record_follows_who_joins_within_a_second_and_everything_else_within_ten()
    {
        await MakeFleetAsync();
        await using var opened = await OpenAsync();
        var loop = new StoreRecordLoop(opened.Store, Record, _time, NullLogger<StoreRecordLoop>.Instance);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);

        await AddTokenAsync(opened, "later");
        var joined = (await opened.Store.Revisions.GetAsync(None))!;
        await UntilAsync(() => Record.Load() == joined);

        await opened.Store.Settings.SetAsync("a job, say", [1], None);
        await UntilAsync(() => Record.Load()!.Revision > joined.Revision);
        Record.Load().ShouldBe(await opened.Store.Revisions.GetAsync(None));

        await stop.CancelAsync();
        await running.WaitAsync(TimeLimit.Default);
    }

    [Fact]
    public async Task A_store_at_rest_gets_no_new_revisions()
    {
        await MakeFleetAsync();
        await using var opened = await OpenAsync();
        var loop = new StoreRecordLoop(opened.Store, Record, _time, NullLogger<StoreRecordLoop>.Instance);
        _time.Advance(StoreRecordLoop.AdvanceEvery);
        await loop.LookAsync(None);
        var before = opened.Store.Statistics.Commits;

        for (var second = 0; second < 60; second++)
        {
            _time.Advance(StoreRecordLoop.Period);
            await loop.LookAsync(None);
        }

        opened.Store.Statistics.Commits.ShouldBe(before);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeLimit.Default);
            _time.Advance(StoreRecordLoop.Period);
            await Task.Delay(5);
        }
    }

    private async Task MakeFleetAsync()
    {
        FirstStart.CreateRoots(_data, _time);
        await using var opened = await OpenAsync();
        await AddTokenAsync(opened, "first admin");
        Record.Save((await opened.Store.Revisions.GetAsync(None))!);
    }

    private Task AddTokenAsync(OpenedData opened, string id) => opened.Store.Tokens.CreateAsync(
        new TokenRecord
        {
            Id = id,
            SecretHash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)),
            Kind = TokenKind.Operator,
            Role = OperatorRole.Admin,
            ExpiresAt = _time.GetUtcNow().AddDays(1),
            CreatedAt = _time.GetUtcNow(),
            CreatedBy = "a test",
        },
        None);

    private Task<OpenedData> OpenAsync(StoreMismatch onMismatch = StoreMismatch.Refuse, DataDirectory? data = null) =>
        OpenedData.OpenAsync(data ?? _data, new CertificateOptions(), onMismatch, _time, NullLoggerFactory.Instance, None).WaitAsync(TimeLimit.Default);
}
