using Fleet.Protocol.Targets;

namespace Fleet.Protocol.Tests.Targets;

public sealed class TargetTests
{
    private static readonly FakeSubject s_web03 = new("web03")
    {
        Labels = { ["role"] = "web", ["dc"] = "fra", ["os"] = "relabeled", ["team"] = "a b" },
        Facts = { ["os"] = "linux", ["cpus"] = "16", ["memory"] = "8589934592", ["kernel"] = "5.10.0-18-amd64", ["temp"] = "-3", ["empty"] = "" },
    };

    [Theory]
    [InlineData("web03", true)]
    [InlineData("WEB03", true)]
    [InlineData("web[01-10] and not web05", true)]
    [InlineData("web[01-10] and not web03", false)]
    [InlineData("db*, web[04-05]", false)]
    [InlineData("db*,web0?", true)]
    [InlineData("*", true)]
    [InlineData("name=web*", true)]
    [InlineData("name!=web[01-05]", false)]
    [InlineData("name in (db1, web[03-04])", true)]
    [InlineData("\"web03\"", true)]
    [InlineData("role=web and os!=windows and not dc=fra and cpus>=8", false)]
    [InlineData("role=web && os!=windows && !dc=ams && cpus>=8", true)]
    [InlineData("role=db || (role=web and dc=fra)", true)]
    [InlineData("role=db or role=web and dc=ams", false)]
    [InlineData("NOT role=db AND dc=FRA", true)]
    [InlineData("os=linux", false)]
    [InlineData("fact.os=linux", true)]
    [InlineData("label.os=rel*", true)]
    [InlineData("label.cpus=16", false)]
    [InlineData("memory>=8GiB", true)]
    [InlineData("memory>8GiB", false)]
    [InlineData("memory=8GiB", true)]
    [InlineData("memory<=8.5GiB", true)]
    [InlineData("cpus>9", true)]
    [InlineData("cpus<=016", true)]
    [InlineData("kernel>=5.10", true)]
    [InlineData("kernel>5.4", true)]
    [InlineData("kernel<5.9", false)]
    [InlineData("kernel<5.10.1", true)]
    [InlineData("kernel>=v5", true)]
    [InlineData("temp<0", true)]
    [InlineData("role>=5", false)]
    [InlineData("role<5", false)]
    [InlineData("missing!=x", true)]
    [InlineData("missing=x or missing<1 or missing=~. or missing in (x)", false)]
    [InlineData("has role", true)]
    [InlineData("role=*", true)]
    [InlineData("gpu!=*", true)]
    [InlineData("has gpu", false)]
    [InlineData("empty=\"\"", true)]
    [InlineData("kernel=~^5\\.10", true)]
    [InlineData("(name=~^(web|db)\\d+$)", true)]
    [InlineData("name=~\"^(web|db)\\d{2}$\" and online", true)]
    [InlineData("kernel!~amd64", false)]
    [InlineData("role in (db, w*)", true)]
    [InlineData("role not in (db, w*)", false)]
    [InlineData("team=\"a b\"", true)]
    [InlineData("team='a b'", true)]
    [InlineData("offline", false)]
    [InlineData("not offline", true)]
    public void A_target_means_the_agent_or_not(string text, bool isMatch)
    {
        var target = Target.Parse(text);
        target.Matches(s_web03).ShouldBe(isMatch);
        target.Explain(s_web03).IsMatch.ShouldBe(isMatch);
        Target.Parse(target.ToString()).ShouldBe(target);
    }

    [Theory]
    [InlineData("6.1.0-rc1", "6.1.0", true)]
    [InlineData("9.9", "9.10", true)]
    [InlineData("22.04", "22.10", true)]
    [InlineData("1.2.3", "1.2", false)]
    [InlineData("7MB", "7MiB", true)]
    [InlineData("999", "1KiB", true)]
    [InlineData("2026-11-01", "2026-11-21", true)]
    public void Values_compare_as_people_read_them(string value, string literal, bool isLess)
    {
        var subject = new FakeSubject("a") { Facts = { ["x"] = value } };
        Target.Parse($"x<{literal}").Matches(subject).ShouldBe(isLess);
        Target.Parse($"x>={literal}").Matches(subject).ShouldBe(!isLess);
    }

    [Theory]
    [InlineData("web05,web[01-04],db*", "web[01-05],db*")]
    [InlineData("(a and (b and c)) or ((d or e))", "a and b and c or d or e")]
    [InlineData("!(a || b)&&c", "not (a or b) and c")]
    [InlineData("rack2-*,rack1-*", "rack[1-2]-*")]
    [InlineData("rack[1-2]-*", "rack[1-2]-*")]
    [InlineData("role==web", "role=web")]
    [InlineData("Role=Web", "role=Web")]
    [InlineData("role=\"web\"", "role=web")]
    [InlineData("role=\"w*\"", "role=\"w*\"")]
    [InlineData("\"and\",\"a b\"", "\"a b\",\"and\"")]
    [InlineData("or[1-2] or not*", "or[1-2] or not*")]
    [InlineData("kernel=~^6\\.", "kernel=~\"^6\\\\.\"")]
    [InlineData("gpu!=*", "not has gpu")]
    [InlineData("name!=web1", "not web1")]
    public void A_target_has_one_canonical_text(string text, string canonical) => Target.Parse(text).ToString().ShouldBe(canonical);

    [Theory]
    [InlineData("web[01-03],db1", "db1,web[01-03]")]
    [InlineData("web1 or name=web2", "web[1-2]")]
    [InlineData("web1 and online", null)]
    [InlineData("web*", null)]
    [InlineData("not web1", null)]
    public void Only_plain_names_allow_a_lookup(string text, string? names) => Target.Parse(text).ExactNames?.ToString().ShouldBe(names);

    [Theory]
    [InlineData("web[01-10] and not web05 or db* or (role=x and db7)", "db7,web[01-10]")]
    [InlineData("not not web1", "web1")]
    [InlineData("not (web1 or not web2)", "web2")]
    [InlineData("role=web", "")]
    public void Named_hosts_are_those_asked_for(string text, string names) => Target.Parse(text).NamedHosts.ToString().ShouldBe(names);

    [Fact]
    public void An_explanation_shows_each_clause_with_the_value_there() =>
        Target.Parse("role=web and (dc=ams or cpus>=32) and not os<5 and web[01-10] and has gpu and offline").Explain(s_web03).Render()
            .ShouldBe("""
            no   all of
            yes    role=web  (label role is 'web')
            no     any of
            no       dc=ams  (label dc is 'fra')
            no       cpus>=32  (fact cpus is '16')
            yes    not
            no       os<5  (label os is 'relabeled', which does not compare with '5')
            yes    web[01-10]  (name is 'web03')
            no     has gpu  (no label or fact gpu)
            no     offline  (the agent is online)
            """);

    [Fact]
    public void An_explanation_does_not_pass_on_control_characters() =>
        Target.Parse("x=1").Explain(new FakeSubject("a") { Facts = { ["x"] = "\u001b[2J\n" } }).Render().ShouldBe("no   x=1  (fact x is ' [2J ')");
}
