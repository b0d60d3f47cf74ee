using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Units;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Protocol.Tests.Identifiers;

public sealed class IdentifierTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 3, 2, 3, TimeSpan.FromHours(2));

    [Fact]
    public void New_ids_read_back()
    {
        AgentId.Parse(AgentId.New().ToString()).ToString().ShouldStartWith("a-");
        OperatorId.Parse(OperatorId.New().ToString()).ToString().ShouldStartWith("o-");
        TokenId.Parse(TokenId.New().ToString()).ToString().Length.ShouldBe(18);
        AgentId.New().ShouldNotBe(AgentId.New());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-")]
    [InlineData("o-0123456789abcdef")]
    [InlineData("a-0123456789abcde")]
    [InlineData("a-0123456789abcdefg")]
    [InlineData("a-0123456789ABCDEF")]
    [InlineData("a-0123456789abcdei")]
    [InlineData("a-../../../../etc/")]
    [InlineData("a-0123456789abcde\n")]
    public void Only_the_exact_form_is_an_agent_id(string text)
    {
        AgentId.TryParse(text, out var id).ShouldBeFalse();
        id.ToString().ShouldBe("");
        Should.Throw<FleetFormatException>(() => AgentId.Parse(text));
    }

    [Fact]
    public void A_job_id_holds_its_second_in_utc()
    {
        var id = JobId.New(s_now, new Random(1));
        id.ToString().ShouldMatch("^20261121-010203-[0-9a-hjkmnp-tv-z]{4}$");
        id.CreatedAt.ShouldBe(s_now);
        JobId.Parse(id.ToString()).ShouldBe(id);
        JobId.New(s_now, new Random(1)).ShouldBe(id);
        JobId.New(s_now.AddSeconds(1)).CompareTo(id).ShouldBePositive();
    }

    [Theory]
    [InlineData("20261321-010203-7k3m")]
    [InlineData("20261121-010203-7k3")]
    [InlineData("20261121-010203-7k3l")]
    [InlineData("20261121 010203-7k3m")]
    [InlineData("20261121-010263-7k3m")]
    [InlineData("20261121-010203_7k3m")]
    [InlineData(null)]
    public void Only_the_exact_form_is_a_job_id(string? text) => JobId.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void A_task_id_is_its_job_and_a_number()
    {
        var id = TaskId.Parse("20261121-010203-7k3m.17");
        id.Job.ShouldBe(JobId.Parse("20261121-010203-7k3m"));
        id.Ordinal.ShouldBe(17);
        id.ToString().ShouldBe("20261121-010203-7k3m.17");
        TaskId.Of(id.Job, 9).CompareTo(id).ShouldBeNegative();
        Should.Throw<ArgumentOutOfRangeException>(() => TaskId.Of(id.Job, 0));
    }

    [Theory]
    [InlineData("20261121-010203-7k3m.0")]
    [InlineData("20261121-010203-7k3m.01")]
    [InlineData("20261121-010203-7k3m.-1")]
    [InlineData("20261121-010203-7k3m.")]
    [InlineData("20261121-010203-7k3m")]
    [InlineData("20261121-010203-7k3m.99999999999")]
    [InlineData("20261121-010203-7k3m.1.2")]
    public void Only_the_exact_form_is_a_task_id(string text) => TaskId.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("Web-01.Example.COM", "web-01.example.com")]
    [InlineData("a", "a")]
    [InlineData("my_host", "my_host")]
    public void Names_are_kept_in_lower_case(string text, string name)
    {
        AgentName.Parse(text).ToString().ShouldBe(name);
        AgentName.Parse(text).ShouldBe(AgentName.Parse(name));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("-a", 1)]
    [InlineData("a.", 2)]
    [InlineData("a..b", 3)]
    [InlineData("a b", 2)]
    [InlineData("../etc", 1)]
    [InlineData("web\u00e4", 4)]
    public void A_bad_name_is_refused_at_its_column(string text, int column)
    {
        AgentName.TryParse(text, out _, out var error).ShouldBeFalse();
        error!.Column.ShouldBe(column);
    }

    [Fact]
    public void A_name_has_at_most_253_characters()
    {
        AgentName.TryParse(new string('a', 253), out _).ShouldBeTrue();
        AgentName.TryParse(new string('a', 254), out _).ShouldBeFalse();
    }

    [Fact]
    public void Labels_are_read_and_written_in_the_order_of_their_keys()
    {
        var labels = Labels.Parse("role=web,dc=fra,note=\"a, \\\"b\\\"\",empty=");
        labels.ToString().ShouldBe("dc=fra,empty=,note=\"a, \\\"b\\\"\",role=web");
        labels.TryGet(LabelKey.Parse("role"), out var role).ShouldBeTrue();
        role.ShouldBe("web");
        Labels.Parse("").ShouldBe(Labels.Empty);
    }

    [Theory]
    [InlineData("role", "    role\n        ^ expected '=' and a value\n    hint: write key=value,key2=value2")]
    [InlineData("a=1,a=2", "    a=1,a=2\n        ^ the key 'a' is given twice\n    hint: keep one of them")]
    [InlineData("a=1,", "    a=1,\n        ^ expected '=' and a value\n    hint: write key=value,key2=value2")]
    [InlineData("a=1,Role=x", "    a=1,Role=x\n        ^ 'R' cannot stand here in a label's key\n    hint: a key has a-z, 0-9, '.', '_', '/' and '-', with a letter or digit first")]
    [InlineData("a=\"x\"y", "    a=\"x\"y\n         ^ expected ',' or the end")]
    [InlineData("a=x\ty", "    a=x y\n       ^ a label's value is one line without control characters or invisible ones\n    hint: remove line breaks, tabs and what cannot be seen")]
    public void A_bad_label_list_is_refused_at_its_place(string text, string rendered) =>
        Should.Throw<FleetFormatException>(() => Labels.Parse(text)).Render().ShouldBe(rendered);

    [Fact]
    public void Labels_round_trip_and_garbage_is_refused() =>
        Prop.ForAll(Some.Garbage("role=web,dc=\"fra\\\",\\u0041'x' =,").ToArbitrary(), text =>
        {
            if (!Labels.TryParse(text, out var labels, out var error))
                return error!.Column >= 1 && error.Column <= text.Length + 1;
            return Labels.Parse(labels.ToString()).Equals(labels);
        }).Check(Runs.Of(3_000));
}
