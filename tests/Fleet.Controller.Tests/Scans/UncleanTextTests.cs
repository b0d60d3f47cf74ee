using Fleet.Controller.Access;
using Fleet.Controller.Notifications;
using Fleet.Controller.Scans;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using TokenKind = Fleet.Storage.TokenKind;

namespace Fleet.Controller.Tests.Scans;

/// <summary>Names and texts with what does not belong in one line, and what is shown of channels.</summary>
public sealed class UncleanTextTests
{
    public static TheoryData<string, Action<ScanDefinition>> Spoiled => new()
    {
        { "description has a character that does not belong", scan => scan.Description = "two\nlines" },
        { "description has 1025 characters", scan => scan.Description = new string('x', 1025) },
        { "order.sources[0]: the path has a character", scan => scan.Order.Sources[0].Files.Path = "/var/log/\u001b]0;x\u0007" },
        { "order.sources[0]: the path has a character", scan => scan.Order.Sources[0].Files.Path = "/var/log/a\0b" },
        { "order.sources[0]: the path has 10000 characters", scan => scan.Order.Sources[0].Files.Path = "/" + new string('x', 9999) },
        { "order.sources[0]: the path has a character", scan => scan.Order.Sources[0] = new LogSource { Journal = new JournalLogSource { Path = "/a\u202eb" } } },
        { "order.patterns[0].name has a character", scan => scan.Order.Patterns[0].Pattern.Name = "oom\u200b" },
    };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void A_scan_with_it_is_refused_by_the_field(string fault, Action<ScanDefinition> spoil)
    {
        var scan = SomeScans.Scan("oom");
        spoil(scan);

        ScanCheck.FindFaults(scan, new HashSet<string>(), TimeZoneInfo.Utc).ShouldHaveSingleItem().ShouldStartWith(fault);
    }

    [Theory]
    [InlineData("a\u202eb")]
    [InlineData("a\u200bb")]
    [InlineData("a\nb")]
    public void So_are_labels_and_notes(string text)
    {
        LabelKey.CheckValue(text).ShouldNotBeNull().Column.ShouldBe(2);
        new TokenOrder { Kind = TokenKind.Agent, Life = TimeSpan.FromHours(1), MaxUses = 1, Note = text }.FindFault().ShouldNotBeNull().ShouldContain("column 2");
    }

    [Theory]
    [InlineData("Rack", "label key")]
    [InlineData("a b", "label key")]
    public void A_token_cannot_allow_a_label_that_is_none(string key, string fault) =>
        new TokenOrder { Kind = TokenKind.Agent, Life = TimeSpan.FromHours(1), MaxUses = 1, AllowedLabels = [key] }.FindFault().ShouldNotBeNull().ShouldContain(fault);

    [Fact]
    public void Of_a_command_channel_the_program_is_shown_and_its_arguments_are_not()
    {
        var channel = new NotificationChannel { Name = "page", Command = new CommandChannel { Words = { "/usr/bin/page", "--token", "abc" } } };

        var shown = SecretMask.Of(channel);

        shown.Command.Words.ShouldBe(["/usr/bin/page", "***", "***"]);
        channel.Command.Words[2].ShouldBe("abc");
        ChannelCheck.FindFaults(shown).ShouldHaveSingleItem().ShouldContain("write the secret itself");
        ChannelCheck.FindFaults(channel).ShouldBeEmpty();
    }
}
