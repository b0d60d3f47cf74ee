namespace Fleet.Storage.Tests.Contract;

public abstract class AgentContract(IStoreProvider provider) : StoreContract(provider)
{
    [Fact]
    public async Task An_agent_enrolls_with_a_token_and_is_remembered()
    {
        await Store.Tokens.CreateAsync(
            Some.AgentToken() with { Labels = new Dictionary<string, string> { ["role"] = "web", ["dc"] = "fra" } }, None).InTime();

        var outcome = await Store.Agents.EnrollAsync(
            Some.Enrollment() with { Labels = new Dictionary<string, string> { ["role"] = "mine", ["rack"] = "7" } }, None).InTime();

        outcome.Refusal.ShouldBe(EnrollmentRefusal.None);
        outcome.Repeated.ShouldBeFalse();
        await ReopenAsync();
        var agent = (await Store.Agents.GetAsync("id-web001", None).InTime())!;
        agent.Name.ShouldBe("web001");
        agent.State.ShouldBe(AgentState.Active);
        agent.Labels.ShouldBe(
            new Dictionary<string, string> { ["role"] = "web", ["dc"] = "fra", ["rack"] = "7" }, ignoreOrder: true);
        agent.EnrolledByToken.ShouldBe("tok1");
        agent.EnrolledAt.ShouldBe(Some.Time);
        agent.CertificateSerial.ShouldBe("serial-web001");
        agent.CertificateNotAfter.ShouldBe(Some.Time.AddDays(90));
        agent.Version.ShouldBe("0.1.0");
        agent.LastConnectedAt.ShouldBeNull();
        (await Store.Tokens.GetAsync("tok1", None).InTime())!.Uses.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_enrollment_twice_is_one_agent_and_one_use_with_the_newer_certificate()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken() with { MaxUses = 1 }, None).InTime();
        await Store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();

        var again = await Store.Agents.EnrollAsync(
            Some.Enrollment() with { AgentId = "other-id", CertificateSerial = "serial-2" }, None).InTime();

        again.Refusal.ShouldBe(EnrollmentRefusal.None);
        again.Repeated.ShouldBeTrue();
        again.Agent!.Id.ShouldBe("id-web001");
        again.Agent.CertificateSerial.ShouldBe("serial-2");
        (await Store.Agents.ListAsync(true, None).InTime()).Count.ShouldBe(1);
        (await Store.Tokens.GetAsync("tok1", None).InTime())!.Uses.ShouldBe(1);
    }

    [Fact]
    public async Task An_enrollment_is_refused_with_the_reason_and_uses_up_nothing()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken("good"), None).InTime();
        await Store.Tokens.CreateAsync(Some.AgentToken("once") with { MaxUses = 1 }, None).InTime();
        await Store.Tokens.CreateAsync(Some.AgentToken("expired") with { ExpiresAt = Some.Time }, None).InTime();
        await Store.Tokens.CreateAsync(Some.AgentToken("revoked"), None).InTime();
        await Store.Tokens.RevokeAsync("revoked", Some.Time, None).InTime();
        await Store.Tokens.CreateAsync(Some.OperatorToken("people"), None).InTime();
        await Store.Agents.EnrollAsync(Some.Enrollment("web001", "once"), None).InTime();

        (await Refusal(Some.Enrollment("web002", "never made"))).ShouldBe(EnrollmentRefusal.UnknownToken);
        (await Refusal(Some.Enrollment("web002", "people"))).ShouldBe(EnrollmentRefusal.WrongKind);
        (await Refusal(Some.Enrollment("web002", "expired"))).ShouldBe(EnrollmentRefusal.Expired);
        (await Refusal(Some.Enrollment("web002", "revoked"))).ShouldBe(EnrollmentRefusal.Revoked);
        (await Refusal(Some.Enrollment("web002", "once"))).ShouldBe(EnrollmentRefusal.UsedUp);
        (await Refusal(Some.Enrollment("WEB001", "good") with { EnrollmentId = "new" })).ShouldBe(EnrollmentRefusal.NameTaken);
        // Knowing an enrollment id and having some token does not get anybody a certificate in the agent's place.
        (await Refusal(Some.Enrollment("web001", "good"))).ShouldBe(EnrollmentRefusal.EnrollmentTaken);

        (await Store.Agents.ListAsync(true, None).InTime()).ShouldHaveSingleItem().CertificateSerial.ShouldBe("serial-web001");
        (await Store.Tokens.GetAsync("good", None).InTime())!.Uses.ShouldBe(0);
        (await Store.Tokens.GetAsync("once", None).InTime())!.Uses.ShouldBe(1);
    }

    [Fact]
    public async Task A_token_with_few_uses_admits_exactly_so_many_of_a_crowd()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken() with { MaxUses = 7 }, None).InTime();

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(n => Store.Agents.EnrollAsync(Some.Enrollment($"web{n:000}"), None))).InTime();

        outcomes.Count(outcome => outcome.Refusal == EnrollmentRefusal.None).ShouldBe(7);
        outcomes.Count(outcome => outcome.Refusal == EnrollmentRefusal.UsedUp).ShouldBe(43);
        (await Store.Agents.ListAsync(false, None).InTime()).Count.ShouldBe(7);
    }

    [Fact]
    public async Task A_token_that_allows_it_replaces_the_holder_of_the_name_and_revokes_its_certificate()
    {
        await Store.Tokens.CreateAsync(Some.AgentToken() with { AllowReplace = true }, None).InTime();
        await Store.Agents.EnrollAsync(Some.Enrollment(), None).InTime();

        var outcome = await Store.Agents.EnrollAsync(
            Some.Enrollment("Web001") with { AgentId = "id-2", EnrollmentId = "enroll-2", CertificateSerial = "serial-2" }, None).InTime();

        outcome.Agent!.Id.ShouldBe("id-2");
        outcome.Replaced!.Id.ShouldBe("id-web001");
        outcome.Replaced.State.ShouldBe(AgentState.Removed);
        (await Store.Agents.FindByNameAsync("WEB001", None).InTime())!.Id.ShouldBe("id-2");
        (await Store.Revocations.ListAsync(None).InTime()).ShouldHaveSingleItem().Serial.ShouldBe("serial-web001");
        // The replaced agent cannot enroll its way back with what it sent before.
        (await Refusal(Some.Enrollment())).ShouldBe(EnrollmentRefusal.EnrollmentTaken);
    }

    [Fact]
    public async Task A_removed_agent_stays_known_its_certificate_is_revoked_and_its_name_free()
    {
        await EnrollAsync("web001", "web002");

        var removed = await Store.Agents.RemoveAsync("id-web001", Some.Time.AddHours(1), None).InTime();

        removed!.State.ShouldBe(AgentState.Removed);
        (await Store.Agents.RemoveAsync("id-web001", Some.Time, None).InTime()).ShouldBeNull();
        (await Store.Agents.ListAsync(false, None).InTime()).Select(agent => agent.Name).ShouldBe(["web002"]);
        (await Store.Agents.ListAsync(true, None).InTime()).Select(agent => agent.Name).ShouldBe(["web001", "web002"]);
        var revocation = (await Store.Revocations.ListAsync(None).InTime()).ShouldHaveSingleItem();
        revocation.ShouldBe(
            new RevocationRecord("serial-web001", Some.Time.AddDays(90), Some.Time.AddHours(1), "agent web001 was removed"));
        (await Store.Agents.RecordConnectedAsync("id-web001", null, Some.Time, None).InTime()).ShouldBeFalse();
        (await Store.Agents.SetCertificateAsync("id-web001", "s", Some.Time, None).InTime()).ShouldBeFalse();
        var outcome = await Store.Agents.EnrollAsync(
            Some.Enrollment() with { AgentId = "id-2", EnrollmentId = "enroll-2" }, None).InTime();
        outcome.Refusal.ShouldBe(EnrollmentRefusal.None);
    }

    [Fact]
    public async Task Labels_are_removed_then_set()
    {
        await EnrollAsync("web001");
        await Store.Agents.ChangeLabelsAsync(
            "id-web001", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["c"] = "3" }, [], None).InTime();

        var agent = await Store.Agents.ChangeLabelsAsync(
            "id-web001", new Dictionary<string, string> { ["b"] = "22", ["d"] = "" }, ["a", "b", "none"], None).InTime();

        var expected = new Dictionary<string, string> { ["b"] = "22", ["c"] = "3", ["d"] = "" };
        agent!.Labels.ShouldBe(expected, ignoreOrder: true);
        (await Store.Agents.GetAsync("id-web001", None).InTime())!.Labels.ShouldBe(expected, ignoreOrder: true);
        (await Store.Agents.ChangeLabelsAsync("nobody", expected, [], None).InTime()).ShouldBeNull();
    }

    [Fact]
    public async Task Newer_facts_replace_older_ones_but_not_the_other_way_round()
    {
        await EnrollAsync("web001");
        (await SetFactsAsync("6.1", 10)).ShouldBeTrue();
        (await SetFactsAsync("6.0", 5)).ShouldBeTrue();

        var agent = (await Store.Agents.GetAsync("id-web001", None).InTime())!;
        agent.Facts["kernel"].ShouldBe("6.1");
        agent.FactsReportedAt.ShouldBe(Some.Time.AddSeconds(10));
        (await SetFactsAsync("6.2", 10)).ShouldBeTrue();
        (await Store.Agents.GetAsync("id-web001", None).InTime())!.Facts["kernel"].ShouldBe("6.2");

        Task<bool> SetFactsAsync(string kernel, int second) => Store.Agents.SetFactsAsync(
            "id-web001", new Dictionary<string, string> { ["kernel"] = kernel }, Some.Time.AddSeconds(second), None).InTime();
    }

    [Fact]
    public async Task Connections_and_certificates_are_recorded()
    {
        await EnrollAsync("web001");

        (await Store.Agents.RecordConnectedAsync("id-web001", "0.2.0", Some.Time.AddSeconds(1), None).InTime()).ShouldBeTrue();
        (await Store.Agents.RecordDisconnectedAsync("id-web001", Some.Time.AddSeconds(2), None).InTime()).ShouldBeTrue();
        (await Store.Agents.SetCertificateAsync("id-web001", "serial-2", Some.Time.AddDays(100), None).InTime()).ShouldBeTrue();
        (await Store.Agents.RecordDisconnectedAsync("nobody", Some.Time, None).InTime()).ShouldBeFalse();

        var agent = (await Store.Agents.GetAsync("id-web001", None).InTime())!;
        agent.LastConnectedAt.ShouldBe(Some.Time.AddSeconds(1));
        agent.LastDisconnectedAt.ShouldBe(Some.Time.AddSeconds(2));
        agent.Version.ShouldBe("0.2.0");
        agent.CertificateSerial.ShouldBe("serial-2");
        agent.CertificateNotAfter.ShouldBe(Some.Time.AddDays(100));
    }

    [Fact]
    public async Task A_renewed_certificate_is_revoked_when_the_word_comes_and_with_its_agent()
    {
        await EnrollAsync("web001", "web002");
        await Store.Agents.SetCertificateAsync("id-web001", "serial-2", Some.Time.AddDays(100), None).InTime();
        await Store.Agents.SetCertificateAsync("id-web002", "serial-3", Some.Time.AddDays(100), None).InTime();
        await ReopenAsync();

        (await Store.Agents.ListSupersededAsync(None).InTime()).OrderBy(old => old.Serial, StringComparer.Ordinal).ShouldBe(
        [
            new SupersededCertificate("id-web001", "serial-web001", Some.Time.AddDays(90)),
            new SupersededCertificate("id-web002", "serial-web002", Some.Time.AddDays(90)),
        ]);
        (await Store.Agents.RevokeSupersededAsync("id-web001", "serial-2", Some.Time, None).InTime()).ShouldBe(["serial-web001"]);
        (await Store.Agents.RevokeSupersededAsync("id-web001", "serial-2", Some.Time, None).InTime()).ShouldBeEmpty();
        await Store.Agents.RemoveAsync("id-web002", Some.Time, None).InTime();

        (await Store.Agents.ListSupersededAsync(None).InTime()).ShouldBeEmpty();
        (await Store.Revocations.ListAsync(None).InTime()).Select(revoked => revoked.Serial).Order(StringComparer.Ordinal)
            .ShouldBe(["serial-3", "serial-web001", "serial-web002"]);
    }

    [Fact]
    public async Task The_machine_and_a_second_process_are_remembered()
    {
        await EnrollAsync("web001");
        (await Store.Agents.SetMachineAsync("id-web001", "m1", None).InTime()).ShouldBeTrue();
        (await Store.Agents.SetDuplicateAsync("id-web001", Some.Time, "two of them", None).InTime()).ShouldBeTrue();
        await ReopenAsync();

        var agent = (await Store.Agents.GetAsync("id-web001", None).InTime())!;
        (agent.Machine, agent.DuplicateSince, agent.DuplicateNote).ShouldBe(("m1", Some.Time, "two of them"));
        await Store.Agents.SetDuplicateAsync("id-web001", null, null, None).InTime();
        (await Store.Agents.GetAsync("id-web001", None).InTime())!.DuplicateSince.ShouldBeNull();
        (await Store.Agents.SetMachineAsync("nobody", "m1", None).InTime()).ShouldBeFalse();
    }

    private async Task EnrollAsync(params string[] names)
    {
        await Store.Tokens.CreateAsync(Some.AgentToken(), None).InTime();
        foreach (var name in names)
            (await Store.Agents.EnrollAsync(Some.Enrollment(name), None).InTime()).Refusal.ShouldBe(EnrollmentRefusal.None);
    }

    private async Task<EnrollmentRefusal> Refusal(AgentEnrollment enrollment)
    {
        var outcome = await Store.Agents.EnrollAsync(enrollment, None).InTime();
        outcome.Agent.ShouldBeNull();
        return outcome.Refusal;
    }
}
