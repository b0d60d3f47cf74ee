using Fleet.Cli.Install;
using Fleet.Cli.Install.Inventories;

namespace Fleet.Cli.Tests.Install;

/// <summary>group_vars and host_vars: whose values count is held against Ansible itself in <see cref="Inventories_beside_Ansible"/>.</summary>
public sealed class Variables_beside_an_inventory : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-variables-").FullName;
    private readonly List<string> _notes = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_hosts_own_file_counts_before_its_groups_and_those_before_the_inventorys_groups()
    {
        Write("group_vars/all.yml", "ansible_user: everybody\nansible_ssh_private_key_file: ~/.ssh/fleet\n");
        Write("group_vars/web/main.yml", "ansible_port: 2200\n");
        Write("host_vars/web2.yaml", "ansible_user: own\n");

        var targets = Read("lone\n[web]\nweb1\nweb2 ansible_port=22\n[web:vars]\nansible_user=inventory\nansible_port=1\n");

        targets.Select(target => $"{target.Name} {target.User} {target.Port} {target.IdentityFile}")
            .ShouldBe(["lone everybody  ~/.ssh/fleet", "web1 everybody 2200 ~/.ssh/fleet", "web2 own 22 ~/.ssh/fleet"]);
        var words = SshArguments.Of(targets[1], TimeSpan.FromSeconds(1), ["-i", "given"]);
        string.Join(' ', words).ShouldEndWith(" -p 2200 -l everybody -i ~/.ssh/fleet -- web1 exec /bin/sh -s");
        _notes.ShouldBeEmpty();
    }

    [Fact]
    public void An_encrypted_file_is_named_and_not_read_and_the_others_are()
    {
        Write("group_vars/all/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6264\n");
        Write("group_vars/all/plain.yml", "ansible_user: ops\nsecret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6264\n");

        Read("web1\n").ShouldHaveSingleItem().User.ShouldBe("ops");

        _notes.ShouldHaveSingleItem().ShouldContain(Path.Combine("group_vars", "all", "vault.yml") + " is encrypted with Ansible Vault and was not read");
    }

    [Fact]
    public void Faults_in_files_are_named_with_their_places()
    {
        Write("group_vars/all.yml", "ansible_user: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6264\n");
        Write("group_vars/web.yml", "ansible_port: \"{{ port }}\"\nansible_ssh_private_key_file: \"{{ dir }}/key\"\n");
        Write("host_vars/web1.yml", "- ansible_user: ops\n");
        Write("host_vars/web2.yml", "ansible_ssh_private_key_file: -oProxyCommand=id\n");
        Write("host_vars/web3.yml", "ansible_user: [\n");

        var message = Should.Throw<CommandFailure>(() => Read("[web]\nweb[1:3]\n")).Message;

        message.ShouldStartWith("nothing was installed: 6 errors");
        foreach (var fault in new[]
        {
            "all.yml:1:15: ansible_user: it is encrypted with Ansible Vault, which is not supported",
            "web.yml:1:15: ansible_port: \"{{ port }}\" is not a port from 1 to 65535\n    templates are not supported",
            "web.yml:2:31: ansible_ssh_private_key_file: it is a template",
            "web1.yml:1:1: a variables file must contain keys and values",
            "web2.yml:1:31: ansible_ssh_private_key_file: \"-oProxyCommand=id\" begins with '-'",
            "web3.yml:2:1: invalid YAML",
        })
            message.ShouldContain(fault);
    }

    [Fact]
    public void Directories_that_lead_back_to_themselves_end()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "group_vars", "all"));
        Directory.CreateSymbolicLink(Path.Combine(_directory, "group_vars", "all", "again"), Path.Combine(_directory, "group_vars", "all"));

        Should.Throw<CommandFailure>(() => Read("web1\n")).Message.ShouldContain("check for a symbolic link that forms a loop");
    }

    [Fact]
    public void Names_that_are_directories_themselves_stand_for_no_files()
    {
        Write("host_vars/all.yml", "ansible_user: nobody\n");

        Read("..\n.\n").ShouldAllBe(target => target.User == null);
    }

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_directory, path))!);
        File.WriteAllText(Path.Combine(_directory, path), content);
    }

    private IReadOnlyList<InstallTarget> Read(string inventory)
    {
        Write("hosts.ini", inventory);
        return InventoryFile.Read(Path.Combine(_directory, "hosts.ini"), [], _notes.Add);
    }
}
