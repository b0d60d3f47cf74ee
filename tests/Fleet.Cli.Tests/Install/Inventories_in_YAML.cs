using Fleet.Cli.Install.Inventories;

namespace Fleet.Cli.Tests.Install;

public sealed class Inventories_in_YAML
{
    [Fact]
    public void Groups_hosts_children_and_variables_are_read()
    {
        var targets = InventoryFile.Parse("hosts.yml", """
            all:
              vars: {ansible_user: ops, other: [1, 2]}
              hosts:
                mail: {ansible_host: 10.0.0.9, ansible_port: 2222}
              children:
                web:
                  hosts:
                    web[01:02]:
                prod:
                  vars:
                    ansible_user: deploy
                  children:
                    web:
            """, []);
        targets.Select(Inventories_in_INI.Line).ShouldBe(
        [
            "mail: 10.0.0.9 ops 2222 ",
            "web01: web01 deploy  group.prod=yes group.web=yes",
            "web02: web02 deploy  group.prod=yes group.web=yes",
        ]);
    }

    [Fact]
    public void A_file_without_an_ending_in_its_name_is_known_by_its_first_line()
    {
        InventoryFile.Parse("hosts", "# mine\nweb:\n  hosts:\n    a:\n", []).Single().Labels.ShouldBe(["group.web=yes"]);
        InventoryFile.Parse("hosts", "# mine\n[web]\na\n", []).Single().Labels.ShouldBe(["group.web=yes"]);
    }

    [Fact]
    public void All_faults_are_named_with_their_places_and_mends()
    {
        var failure = Should.Throw<CommandFailure>(() => InventoryFile.Parse("hosts.yml", """
            web:
              host: {a: }
              hosts: [a, b]
            db:
              hosts:
                c: {ansible_port: 99999}
                d: up
              children: [a]
            """, []));
        foreach (var fault in new[]
        {
            "hosts.yml:2:3: a group has no \"host\"\n    it has hosts, children and vars",
            "hosts.yml:3:10: \"hosts\" must be keys and values\n    write NAME: with a colon and without '-'",
            "hosts.yml:6:23: ansible_port: \"99999\" is not a port",
            "hosts.yml:7:8: host \"d\" must have keys and values, or nothing",
            "hosts.yml:8:13: \"children\" must be keys and values",
        })
            failure.Message.ShouldContain(fault);
    }

    [Theory]
    [InlineData("plugin: aws_ec2\n", "group \"plugin\" must have hosts, children or vars")]
    [InlineData("- a\n- b\n", "a YAML inventory must contain groups")]
    [InlineData("all:\n\thosts:\n", "a tab in the indentation")]
    [InlineData("all:\n  hosts:\n", "contains no hosts")]
    public void What_is_no_inventory_is_refused(string text, string because) =>
        Should.Throw<CommandFailure>(() => InventoryFile.Parse("hosts.yaml", text, [])).Message.ShouldContain(because);
}
