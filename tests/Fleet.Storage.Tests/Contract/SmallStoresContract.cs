namespace Fleet.Storage.Tests.Contract;

/// <summary>Tokens, revocations and settings.</summary>
public abstract class SmallStoresContract(IStoreProvider provider) : StoreContract(provider)
{
    [Fact]
    public async Task A_token_is_found_by_id_and_by_the_hash_of_its_secret()
    {
        var token = Some.OperatorToken() with { MaxUses = 3, AllowReplace = true, Note = "for the new hands", AllowedLabels = ["role", "rack"] };

        (await Store.Tokens.CreateAsync(token, None).InTime()).ShouldBeTrue();
        await ReopenAsync();

        var found = (await Store.Tokens.FindByHashAsync(Some.Hash("optok1"), None).InTime())!;
        (found with { SecretHash = token.SecretHash, Labels = token.Labels, AllowedLabels = token.AllowedLabels }).ShouldBe(token);
        found.SecretHash.ShouldBe(token.SecretHash);
        found.AllowedLabels.ShouldBe(["role", "rack"]);
        (await Store.Tokens.GetAsync("optok1", None).InTime())!.Note.ShouldBe("for the new hands");
        (await Store.Tokens.FindByHashAsync(Some.Hash("other"), None).InTime()).ShouldBeNull();
        (await Store.Tokens.GetAsync("other", None).InTime()).ShouldBeNull();
    }

    [Fact]
    public async Task Tokens_are_unique_by_id_and_by_secret_and_listed_newest_first()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken("a"), None).InTime();
        await Store.Tokens.CreateAsync(Some.AgentToken("b") with { CreatedAt = Some.Time.AddSeconds(1) }, None).InTime();

        (await Store.Tokens.CreateAsync(Some.AgentToken("a") with { SecretHash = Some.Hash("x") }, None).InTime()).ShouldBeFalse();
        (await Store.Tokens.CreateAsync(Some.AgentToken("c") with { SecretHash = Some.Hash("a") }, None).InTime()).ShouldBeFalse();

        (await Store.Tokens.ListAsync(None).InTime()).Select(token => token.Id).ShouldBe(["b", "a"]);
    }

    [Fact]
    public async Task Revoking_a_token_twice_keeps_the_first_time()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();

        (await Store.Tokens.RevokeAsync("tok1", Some.Time.AddSeconds(1), None).InTime())!.RevokedAt.ShouldBe(Some.Time.AddSeconds(1));
        (await Store.Tokens.RevokeAsync("tok1", Some.Time.AddSeconds(9), None).InTime())!.RevokedAt.ShouldBe(Some.Time.AddSeconds(1));
        (await Store.Tokens.RevokeAsync("none", Some.Time, None).InTime()).ShouldBeNull();
    }

    [Fact]
    public async Task A_token_that_makes_no_sense_is_a_callers_mistake()
    {
        await Should.ThrowAsync<ArgumentException>(() => Store.Tokens.CreateAsync(Some.AgentToken() with { SecretHash = [1] }, None));
        await Should.ThrowAsync<ArgumentException>(() => Store.Tokens.CreateAsync(Some.AgentToken() with { MaxUses = 0 }, None));
        await Should.ThrowAsync<ArgumentException>(() => Store.Tokens.CreateAsync(Some.OperatorToken() with { Role = null }, None));
        await Should.ThrowAsync<ArgumentException>(() => Store.Tokens.CreateAsync(Some.AgentToken("") with { Note = "no id" }, None));
    }

    [Fact]
    public async Task Revocations_are_kept_until_the_certificate_has_ended()
    {
        var early = new RevocationRecord("1f", Some.Time.AddDays(1), Some.Time, "lost");
        var late = new RevocationRecord("2f", Some.Time.AddDays(9), Some.Time.AddSeconds(1), "stolen");
        await Store.Revocations.AddAsync(late, None).InTime();
        await Store.Revocations.AddAsync(early, None).InTime();
        await Store.Revocations.AddAsync(early with { Reason = "again" }, None).InTime();
        await ReopenAsync();

        (await Store.Revocations.ListAsync(None).InTime()).ShouldBe([early, late]);
        (await Store.Revocations.ForgetEndedAsync(Some.Time.AddDays(2), None).InTime()).ShouldBe(1);
        (await Store.Revocations.ListAsync(None).InTime()).ShouldBe([late]);
    }

    [Fact]
    public async Task Settings_are_set_replaced_added_once_and_removed()
    {
        await Store.Settings.SetAsync("fleet-id", [1], None).InTime();
        await Store.Settings.SetAsync("fleet-id", [2, 3], None).InTime();
        (await Store.Settings.GetOrAddAsync("fleet-id", [9], None).InTime()).ShouldBe([2, 3]);
        (await Store.Settings.GetOrAddAsync("empty", [], None).InTime()).ShouldBeEmpty();
        await ReopenAsync();

        (await Store.Settings.GetAsync("fleet-id", None).InTime()).ShouldBe([2, 3]);
        (await Store.Settings.GetAsync("empty", None).InTime()).ShouldBe([]);
        (await Store.Settings.GetAsync("never", None).InTime()).ShouldBeNull();
        (await Store.Settings.RemoveAsync("fleet-id", None).InTime()).ShouldBeTrue();
        (await Store.Settings.RemoveAsync("fleet-id", None).InTime()).ShouldBeFalse();
        (await Store.Settings.GetAsync("fleet-id", None).InTime()).ShouldBeNull();
    }

    [Fact]
    public async Task Of_many_who_add_a_setting_at_once_all_get_the_same_value()
    {
        var values = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(n => Store.Settings.GetOrAddAsync("once", [(byte)n], None))).InTime();

        values.Select(value => value[0]).Distinct().Count().ShouldBe(1);
    }
}
