namespace Fleet.Cli.Tests.Scans;

/// <summary>Whatever is wrong in a scan file is named with its line and column, all of it at once.</summary>
public sealed class Faults_in_scan_files
{
    [Theory]
    [InlineData("patern: 1", "5:5 a scan has no key \"patern\"")]
    [InlineData("every: 90", "5:14 \"every\" is not a duration: '90' has no unit")]
    [InlineData("every: 60d", "5:12 \"every\" is out of range")]
    [InlineData("every:", "5:5 \"every\" has no value")]
    [InlineData("every: [1s]", "5:12 \"every\" must be a text, not a list")]
    [InlineData("first_run: yesterday", "5:16 \"first_run\" cannot be \"yesterday\"")]
    [InlineData("encoding: utf-16", "5:15 \"encoding\" cannot be \"utf-16\"")]
    [InlineData("limits: {hits_per_minute: many}", "5:31 \"hits_per_minute\" is not a whole number from 1 to 1000000")]
    [InlineData("json: status", "5:11 field filter 'status' has no comparison: write field=value, field!=value, field<=number, field>=number or field~expression")]
    [InlineData("not: ['a(b']", "5:13 invalid regular expression: Not enough )'s")]
    [InlineData("record_start: '(?=x)'", "5:20 this pattern cannot be matched in linear time")]
    [InlineData("alert: {count: 0}", "5:20 \"count\" is not a whole number from 1 to 1000000000")]
    [InlineData("alert: {group: everyone}", "5:20 \"group\" cannot be \"everyone\"")]
    [InlineData("alert: {quiet_hours: 'sat,son 00:00-24:00'}", "5:31 invalid quiet hours: \"son\" is not a day")]
    [InlineData("alert: {quiet_hours: '22:00-25:00'}", "5:33 invalid quiet hours: \"25:00\" is not a time of day")]
    [InlineData("alert: {notify: [a, a]}", "5:25 channel \"a\" is listed twice")]
    [InlineData("alert: loud", "5:12 \"alert\" must be a rule or off")]
    [InlineData("retention: 5s", "5:16 \"retention\" is out of range")]
    [InlineData("name: again", "5:5 \"name\" is given twice")]
    public void A_key_of_a_scan_that_is_wrong(string line, string fault) =>
        SomeScans.FaultsOf($"""
            scans:
              - name: a
                target: '*'
                sources: [journal]
                {line}
                patterns: [x]
            """).ShouldContain(found => found.StartsWith(fault, StringComparison.Ordinal), customMessage: fault);

    [Theory]
    [InlineData("target: role=", "3:18 \"target\" cannot be read")]
    [InlineData("target: 'role=web and'", "3:26 \"target\" cannot be read")]
    [InlineData("target: [web1]", "3:13 \"target\" must be a text, not a list")]
    [InlineData("description: nothing", "2:5 a scan needs \"target\"")]
    public void A_target_that_is_wrong(string line, string fault) =>
        SomeScans.FaultsOf($"""
            scans:
              - name: a
                {line}
                sources: [journal]
                patterns: [x]
            """).ShouldHaveSingleItem().ShouldStartWith(fault);

    [Theory]
    [InlineData("syslog", "4:15 \"syslog\" is not a source")]
    [InlineData("file: app.log", "4:21 \"app.log\" is not an absolute path")]
    [InlineData("file: /var/log/", "4:21 \"/var/log/\" is a directory")]
    [InlineData("journal: unit", "4:24 field filter 'unit' has no comparison")]
    [InlineData("{file: /a, kernel: true}", "4:15 file and kernel are separate sources")]
    [InlineData("{journal: all, rotated: true}", "4:39 \"rotated\" is for file, not for journal")]
    [InlineData("{file: /a, rotated: yes}", "4:35 \"rotated\" cannot be \"yes\"")]
    [InlineData("{}", "4:15 this source has neither file, journal nor kernel")]
    public void A_source_that_is_wrong(string source, string fault) =>
        SomeScans.FaultsOf($"""
            scans:
              - name: a
                target: '*'
                sources: [{source}]
                patterns: [x]
            """).ShouldHaveSingleItem().ShouldStartWith(fault);

    [Theory]
    [InlineData("regex: 'err(or'", "6:20 invalid regular expression: Not enough )'s")]
    [InlineData("regex: err(or", "6:19 invalid regular expression: Not enough )'s")]
    [InlineData("regex: 'a(?!b)'", "6:18 this pattern cannot be matched in linear time")]
    [InlineData("severity: bad", "6:19 \"severity\" cannot be \"bad\"")]
    [InlineData("name: x", "6:9 a pattern needs \"regex\" or \"text\"")]
    [InlineData("{regex: a, text: b}", "6:9 a pattern has both \"regex\" and \"text\"")]
    [InlineData("text:", "6:9 \"text\" has no value")]
    [InlineData("name=err(or", "6:17 invalid regular expression")]
    public void A_pattern_that_is_wrong(string pattern, string fault) =>
        SomeScans.FaultsOf($"""
            scans:
              - name: a
                target: '*'
                sources: [journal]
                patterns:
                  - {pattern}
            """)[0].ShouldStartWith(fault);

    [Theory]
    [InlineData("{name: c}", "2:5 a channel needs webhook, command or smtp")]
    [InlineData("{name: c, webhook: {url: ftp://x}}", "2:30 \"url\" is not an HTTP(S) URL")]
    [InlineData("{name: c, webhook: {form: slack}}", "2:24 a webhook needs \"url\"")]
    [InlineData("{name: c, webhook: {url: 'https://x/${FLEET_NO_SUCH}'}}", "2:41 environment variable FLEET_NO_SUCH is not set")]
    [InlineData("{name: c, webhook: {url: 'https://a:b@x/'}}", "2:30 \"url\" contains a user name")]
    [InlineData("{name: c, webhook: {url: 'https://x/', headers: {'a b': c}}}", "2:54 \"a b\" is not a header name")]
    [InlineData("{name: c, smtp: {host: h, from: a@b, to: a@b, user: u, password: p}}", "2:21 a password would be sent unencrypted")]
    [InlineData("{name: c, command: notify-me}", "2:24 \"notify-me\" is not an absolute path")]
    [InlineData("{name: c, smtp: {host: h, from: a@b, to: a@b, tls: none, user: u, password: p}}", "2:21 a password would be sent unencrypted")]
    [InlineData("{name: c, smtp: {host: h, from: a@b, to: a@b, port: 465}}", "2:21 port 465 speaks TLS from the first byte")]
    [InlineData("{name: c, smtp: {host: h, from: a@b, to: a@b, tls: starttls, start_tls: true}}", "2:21 tls and start_tls cannot be combined")]
    [InlineData("{name: c, smtp: {host: h, from: a@b, to: a@b, tls: ssl}}", "2:56 \"tls\" cannot be \"ssl\"")]
    [InlineData("{name: c, smtp: {host: h, from: a@b, to: nobody}}", "2:46 \"nobody\" is not an email address")]
    [InlineData("{name: 'c d', command: /bin/true}", "2:14 ' ' is not allowed in a channel's name")]
    [InlineData("{command: /bin/true}", "2:5 a channel needs \"name\"")]
    public void A_channel_that_is_wrong(string channel, string fault) =>
        SomeScans.FaultsOf($"""
            channels:
              - {channel}
            """)[0].ShouldStartWith(fault);

    [Theory]
    [InlineData("scans: {", "1:9 invalid YAML")]
    [InlineData("scans:\n\t- a", "2:1 invalid YAML")]
    [InlineData("- a", "1:1 a scan file is keys and values")]
    [InlineData("", "1:1 this file is empty")]
    [InlineData("scan: []", "1:1 a scan file has no key \"scan\"")]
    [InlineData("scans: oom", "1:8 \"scans\" must be a list")]
    [InlineData("include: [pack:kernle]", "1:11 there is no pack \"kernle\"")]
    [InlineData("include: [none.yaml]", "1:11 none.yaml cannot be read")]
    public void A_file_that_is_wrong(string text, string fault) => SomeScans.FaultsOf(text)[0].ShouldStartWith(fault);

    [Fact]
    public void All_faults_of_all_files_are_named_with_their_mend()
    {
        using var scans = new SomeScans();
        var first = scans.Put("a.yaml", SomeScans.Well.Replace("patterns:", "paterns:", StringComparison.Ordinal));
        var second = scans.Put("b.yaml", SomeScans.Well.Replace("'*'", "'role in web'", StringComparison.Ordinal).Replace("- name: oom", "- name: b", StringComparison.Ordinal));
        var third = scans.Put("c.yaml", "scans: [");
        scans.Read([first, second, third]);

        var message = Should.Throw<CommandFailure>(() => scans.Faults.ThrowIfAny()).Message;

        message.ShouldStartWith("nothing was sent: 4 errors\n");
        message.ShouldContain($"\n{first}:5:5: a scan has no key \"paterns\"\n    did you mean patterns? available: name, description, ");
        message.ShouldContain($"\n{first}:2:5: a scan needs \"patterns\"\n    what to search for");
        message.ShouldContain($"\n{second}:3:");
        message.ShouldContain($"\n{third}:1:");
    }

    [Fact]
    public void A_name_is_given_once_in_all_files()
    {
        using var scans = new SomeScans();
        var first = scans.Put("a.yaml", SomeScans.Well);
        var second = scans.Put("b.yaml", SomeScans.Well);
        scans.Read([scans.Folder]);
        var fault = scans.Faults.All.ShouldHaveSingleItem();
        fault.At.ToString().ShouldBe($"{second}:2:11");
        fault.Message.ShouldBe($"a scan with the name \"oom\" is already defined at {first}:2:11");
    }

    [Fact]
    public void A_channel_that_nobody_has_is_named_where_it_is_mentioned()
    {
        using var scans = new SomeScans();
        var file = scans.Put("a.yaml", SomeScans.Well + "\n    alert: {notify: [ops, pgaer]}\nchannels: [{name: pager, command: /bin/true}]\n");
        scans.Read([file]).CheckMentions(["ops"], scans.Faults);
        var fault = scans.Faults.All.ShouldHaveSingleItem();
        fault.At.ToString().ShouldBe($"{file}:6:27");
        fault.Hint.ShouldBe("did you mean pager? available: pager, ops");
    }
}
