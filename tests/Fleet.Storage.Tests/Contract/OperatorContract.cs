namespace Fleet.Storage.Tests.Contract;

public abstract class OperatorContract(IStoreProvider provider) : StoreContract(provider)
{
    [Fact]
    public async Task An_operator_enrolls_with_the_role_of_the_token()
    {
        await Store.Tokens.CreateAsync(Some.OperatorToken(role: OperatorRole.Admin) with { MaxUses = 1 }, None).InTime();

        var outcome = await Store.Operators.EnrollAsync(Some.OperatorEnrollment(), None).InTime();
        var again = await Store.Operators.EnrollAsync(
            Some.OperatorEnrollment() with { CertificateSerial = "serial-2" }, None).InTime();

        outcome.Operator!.Role.ShouldBe(OperatorRole.Admin);
        again.Repeated.ShouldBeTrue();
        await ReopenAsync();
        (await Store.Operators.GetAsync("id-ann", None).InTime()).ShouldBe(outcome.Operator with { CertificateSerial = "serial-2" });
        (await Store.Tokens.GetAsync("optok1", None).InTime())!.Uses.ShouldBe(1);
        (await Refusal(Some.OperatorEnrollment("bob"))).ShouldBe(EnrollmentRefusal.UsedUp);
    }

    [Fact]
    public async Task An_operators_enrollment_is_refused_with_the_reason()
    {
        await Store.Tokens.CreateAsync(Some.OperatorToken("good"), None).InTime();
        await Store.Tokens.CreateAsync(Some.OperatorToken("second"), None).InTime();
        await Store.Tokens.CreateAsync(Some.AgentToken("machines"), None).InTime();
        await Store.Operators.EnrollAsync(Some.OperatorEnrollment("ann", "good"), None).InTime();

        (await Refusal(Some.OperatorEnrollment("bob", "never made"))).ShouldBe(EnrollmentRefusal.UnknownToken);
        (await Refusal(Some.OperatorEnrollment("bob", "machines"))).ShouldBe(EnrollmentRefusal.WrongKind);
        (await Refusal(Some.OperatorEnrollment("bob", "good") with { At = Some.Time.AddDays(2) })).ShouldBe(EnrollmentRefusal.Expired);
        (await Refusal(Some.OperatorEnrollment("ANN", "good") with { EnrollmentId = "new" })).ShouldBe(EnrollmentRefusal.NameTaken);
        (await Refusal(Some.OperatorEnrollment("ann", "second"))).ShouldBe(EnrollmentRefusal.EnrollmentTaken);
    }

    [Fact]
    public async Task The_first_admin_is_added_without_a_token_once()
    {
        var admin = Admin();

        (await Store.Operators.AddAsync(admin, None).InTime()).ShouldBeTrue();
        (await Store.Operators.AddAsync(admin, None).InTime()).ShouldBeFalse();
        (await Store.Operators.AddAsync(admin with { Id = "x", EnrollmentId = "x", Name = "ADMIN" }, None).InTime()).ShouldBeFalse();

        (await Store.Operators.ListAsync(None).InTime()).ShouldBe([admin]);
    }

    [Fact]
    public async Task A_revoked_operator_stays_known_and_the_certificate_is_revoked()
    {
        await Store.Operators.AddAsync(Admin(), None).InTime();
        (await Store.Operators.SetCertificateAsync("id-admin", "serial-2", Some.Time.AddDays(10), None).InTime()).ShouldBeTrue();

        var revoked = await Store.Operators.RevokeAsync("id-admin", Some.Time.AddHours(1), None).InTime();

        revoked!.State.ShouldBe(OperatorState.Revoked);
        (await Store.Operators.RevokeAsync("id-admin", Some.Time, None).InTime()).ShouldBeNull();
        (await Store.Operators.SetCertificateAsync("id-admin", "serial-3", Some.Time, None).InTime()).ShouldBeFalse();
        (await Store.Operators.GetAsync("id-admin", None).InTime())!.State.ShouldBe(OperatorState.Revoked);
        (await Store.Revocations.ListAsync(None).InTime()).ShouldBe(
            [new RevocationRecord("serial-2", Some.Time.AddDays(10), Some.Time.AddHours(1), "operator admin was revoked")]);
    }

    private static OperatorRecord Admin() => new()
    {
        Id = "id-admin",
        Name = "admin",
        Role = OperatorRole.Admin,
        CertificateSerial = "serial-admin",
        CertificateNotAfter = Some.Time.AddDays(30),
        CreatedAt = Some.Time,
        EnrollmentId = "first start",
    };

    private async Task<EnrollmentRefusal> Refusal(OperatorEnrollment enrollment)
    {
        var outcome = await Store.Operators.EnrollAsync(enrollment, None).InTime();
        outcome.Operator.ShouldBeNull();
        return outcome.Refusal;
    }
}
