using Fleet.Cli.Install;
using Fleet.Cli.Install.Inventories;

namespace Fleet.Cli.Tests.Install;

public sealed class Inventories_in_INI
{
    [Fact]
    public void Groups_become_labels_and_the_nearest_value_counts()
    {
        var targets = Read("""
            # the office
            mail ansible_host=10.0.0.9 ansible_port=2222   # by the door

            [web]
            web[01:03].example.org http_port=80
            old ansible_ssh_user='ops' ansible_ssh_host=10.0.0.7

            [db]
            db-[a:b]:2200
            web02.example.org

            [prod:children]
            web
            Site-1

            [site-1:children]
            [Site-1:children]
            db

            [prod:vars]
            ansible_user=deploy
            [db:vars]
            ansible_user = "postgres"
            [all:vars]
            ansible_port=22
            """);

        targets.Select(Line).ShouldBe(
        [
            "mail: 10.0.0.9 - 2222 ",
            "web01.example.org: web01.example.org deploy 22 group.prod=yes group.web=yes",
            "web02.example.org: web02.example.org postgres 22 group.db=yes group.prod=yes group.site-1=yes group.web=yes",
            "web03.example.org: web03.example.org deploy 22 group.prod=yes group.web=yes",
            "old: 10.0.0.7 ops 22 group.prod=yes group.web=yes",
            "db-a: db-a postgres 2200 group.db=yes group.prod=yes group.site-1=yes",
            "db-b: db-b postgres 2200 group.db=yes group.prod=yes group.site-1=yes",
        ]);
    }

    [Fact]
    public void Only_the_groups_asked_for_are_taken()
    {
        const string Text = "a\n[web]\nb\n[db]\nc\n[prod:children]\ndb\n";
        InventoryFile.Parse("hosts", Text, ["prod"]).Select(t => t.Name).ShouldBe(["c"]);
        InventoryFile.Parse("hosts", Text, ["web", "db"]).Select(t => t.Name).ShouldBe(["b", "c"]);
        Should.Throw<CommandFailure>(() => InventoryFile.Parse("hosts", Text, ["mail"])).Message.ShouldBe("hosts has no group \"mail\"\n  it has: ungrouped, web, db, prod");
    }

    [Fact]
    public void All_faults_are_named_with_their_places_and_mends()
    {
        var failure = Should.Throw<CommandFailure>(() => Read("""
            [web]
            -oProxyCommand=id
            web[1:
            web[5:1]
              x ansible_port=ssh
            y ansible_host=$(id)
            z ansible_user="{{ user }}"
            w 'open
            [web:kids]
            [a:children]
            b
            missing
            [b:children]
            a
            """));
        failure.ExitCode.ShouldBe(ExitCode.BadUsage);
        failure.Message.ShouldStartWith("nothing was installed: ");
        foreach (var fault in new[]
        {
            "hosts:2:1: \"-oProxyCommand=id\" begins with '-', which ssh would interpret as an option",
            "hosts:3:1: \"web[1:\" has a '[' without its ']'",
            "hosts:4:1: \"[5:1]\" is not a range",
            "hosts:5:3: ansible_port: \"ssh\" is not a port from 1 to 65535\n    fix it here",
            "hosts:6:1: ansible_host: \"$(id)\" is not a host name or address",
            "hosts:7:1: ansible_user: \"{{ user }}\" is not a user name: it may contain letters, digits, '.', '-', '_', '@' and '+'\n    templates are not supported",
            "hosts:8:1: a ' is not closed on this line",
            "hosts:9:1: there is no section [web:kids]\n    write [GROUP], [GROUP:children] or [GROUP:vars]",
            "hosts:12:1: there is no group \"missing\"",
            "hosts:10:1: group \"a\" is its own child, by way of a, b",
        })
            failure.Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData("web[01:10:4]", "web01 web05 web09")]
    [InlineData("n[8:10]-[a:b]", "n8-a n8-b n9-a n9-b n10-a n10-b")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]:22", "2001:db8::1")]
    public void A_pattern_stands_for_hosts(string pattern, string names) => HostPattern.Read(pattern, 100).Names.ShouldBe(names.Split(' '));

    [Theory]
    [InlineData("web[0:1000000000]")]
    [InlineData("a[0:99]b[0:99]")]
    [InlineData("web[01:5]")]
    [InlineData("web[1:5:0]")]
    [InlineData("web:port")]
    [InlineData("we;b")]
    public void A_pattern_that_is_none_or_too_large_is_refused(string pattern) => HostPattern.Read(pattern, 1000).Fault.ShouldNotBeNull();

    internal static string Line(InstallTarget target) => $"{target.Name}: {target.Address} {target.User ?? "-"} {target.Port} {string.Join(' ', target.Labels)}";

    private static IReadOnlyList<InstallTarget> Read(string text) => InventoryFile.Parse("hosts", text, []);
}
