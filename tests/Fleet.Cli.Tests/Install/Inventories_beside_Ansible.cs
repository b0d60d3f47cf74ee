using System.Diagnostics;
using System.Text.Json;
using Fleet.Cli.Install;
using Fleet.Cli.Install.Inventories;

namespace Fleet.Cli.Tests.Install;

/// <summary>The same inventory read here and by Ansible itself: hosts, how each is reached, and its groups.</summary>
public sealed class Inventories_beside_Ansible : IDisposable
{
    private const string Ini = """
        # the office
        mail ansible_host=10.0.0.9 ansible_port=2222   # by the door
        backup:2022

        [web]
        web[01:03].example.org http_port=80
        old ansible_user='ops' ansible_host=10.0.0.7 note="a b # c"

        [db]
        db-[a:c]:2200
        web02.example.org ansible_user=both
        n[0:10:5]x[1:2]

        [prod:children]
        web
        site_1

        [site_1:children]
        db
        empty

        [empty]

        [prod:vars]
        ansible_user=deploy
        ansible_port=2022
        [db:vars]
        ansible_user = postgres
        [web:vars]
        ansible_user="www-data"
        [all:vars]
        ansible_port=22

        [late]
        web03.example.org ansible_port=99
        db-c ansible_port=1
        """;

    private const string Yaml = """
        all:
          vars:
            ansible_user: ops
            other: [1, 2]
          hosts:
            mail: {ansible_host: 10.0.0.9, ansible_port: 2222}
            lone:
          children:
            web:
              hosts:
                web[01:12:3].example.org:
                  http_port: 80
                cache:2022:
              vars:
                ansible_user: www-data
            prod:
              vars: {ansible_user: deploy, ansible_port: 22}
              children:
                web:
                db:
                  hosts:
                    db-[a:b]:
                      ansible_user: postgres
                    mail:
        later:
          hosts:
            lone: {ansible_host: "2001:db8::1"}
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-inventory-").FullName;

    [ToolFact("ansible-core")]
    public Task An_INI_file_means_the_same() => CompareAsync("hosts.ini", Ini);

    [ToolFact("ansible-core")]
    public Task A_YAML_file_means_the_same() => CompareAsync("hosts.yml", Yaml);

    [ToolFact("ansible-core")]
    public async Task What_Ansible_prints_as_YAML_means_what_its_source_does()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "hosts.ini"), Ini);
        Directory.CreateDirectory(Path.Combine(_directory, "group_vars"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "group_vars", "empty.yml"), "ansible_user: nobody\n");
        var printed = await AskAnsibleAsync("hosts.ini", "--list", "--yaml");

        InventoryFile.Parse("printed.yml", printed, []).Select(Words).ShouldBe(InventoryFile.Parse("hosts.ini", Ini, []).Select(Words), ignoreOrder: true);
    }

    [ToolTheory("ansible-core")]
    [InlineData("hosts.ini", Ini)]
    [InlineData("hosts.yml", Yaml)]
    public async Task Files_of_variables_beside_it_mean_the_same(string name, string text)
    {
        foreach (var (path, content) in new[]
        {
            // Of all: over what the inventory itself says of a group, not of a host.
            ("group_vars/all/10-first.yml", "ansible_user: first\nansible_port: 3000\nansible_ssh_private_key_file: ~/.ssh/all\n"),
            ("group_vars/all/20-second.yaml", "---\nansible_user: second\nlist: [1, {a: b}]\n"),
            ("group_vars/all/30-third", "ansible_port: 3001\n"),
            ("group_vars/all/sub/40-deep.json", "{\"ansible_ssh_private_key_file\": \"/keys/all\"}"),
            ("group_vars/all/90-kept.yml~", "ansible_user: backup\n"),
            ("group_vars/all/.hidden.yml", "ansible_user: hidden\n"),
            ("group_vars/all/95-note.txt", "ansible_user: note\n"),
            ("group_vars/all/sub.d/99.yml", "ansible_user: dotted\n"),
            ("group_vars/prod.yml", "ansible_user: prod-file\nansible_port: 3002\n"),
            ("group_vars/prod.yaml", "ansible_user: never\n"),
            ("group_vars/db", "ansible_user: db-file\n"),
            ("group_vars/db.yml", "ansible_user: never\n"),
            ("group_vars/web.json", "{\"ansible_port\": 3003}"),
            ("group_vars/ungrouped.yml", "ansible_user: alone\n"),
            ("group_vars/nobody.yml", "ansible_user: nobody\n"),
            ("group_vars/empty.yml", "---\n"),
            ("host_vars/mail.yml", "ansible_host: 10.9.9.9\n"),
            ("host_vars/web02.example.org/one.yml", "ansible_user: own\n"),
            ("host_vars/web02.example.org/two.yml", "ansible_private_key_file: /keys/own\n"),
            ("host_vars/web01.example.org", "ansible_port: 3004\n"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_directory, path))!);
            await File.WriteAllTextAsync(Path.Combine(_directory, path), content);
        }

        var inventory = Path.Combine(_directory, name);
        await File.WriteAllTextAsync(inventory, text);
        using var ansible = JsonDocument.Parse(await AskAnsibleAsync(name, "--list"));
        var notes = new List<string>();

        InventoryFile.Read(inventory, [], notes.Add).Select(Words).ShouldBe(AsAnsibleHasIt(ansible.RootElement), ignoreOrder: true);
        notes.ShouldBeEmpty();
    }

    [ToolFact("ansible-core")]
    public Task Priorities_of_groups_mean_the_same() => CompareAsync("hosts.ini", """
        [a]
        x
        y
        [b]
        x
        [c]
        y
        [a:vars]
        ansible_user=a
        ansible_group_priority=10
        [b:vars]
        ansible_user=b
        [c:vars]
        ansible_user=c
        ansible_group_priority=20
        """);

    private async Task CompareAsync(string name, string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, name), text);
        using var ansible = JsonDocument.Parse(await AskAnsibleAsync(name, "--list"));

        InventoryFile.Parse(name, text, []).Select(Words).ShouldBe(AsAnsibleHasIt(ansible.RootElement), ignoreOrder: true);
    }

    private static string Words(InstallTarget target) =>
        $"{target.Name}: {target.Address} {target.User ?? "-"} {target.Port?.ToString() ?? "-"} {target.IdentityFile ?? "-"} {string.Join(' ', target.Labels)}";

    private static List<string> AsAnsibleHasIt(JsonElement inventory)
    {
        var hosts = inventory.GetProperty("_meta").GetProperty("hostvars").EnumerateObject().ToDictionary(host => host.Name, host => host.Value, StringComparer.Ordinal);
        // Hosts without any variable are in their groups alone.
        foreach (var group in inventory.EnumerateObject().Where(group => group.Name != "_meta"))
        {
            foreach (var host in Members(inventory, group.Name))
                hosts.TryAdd(host, default);
        }

        return [.. hosts.Select(host =>
        {
            string? Variable(string name) => host.Value.ValueKind == JsonValueKind.Object && host.Value.TryGetProperty(name, out var value) ? value.ToString() : null;
            var groups = inventory.EnumerateObject().Select(group => group.Name).Where(group => group is not ("_meta" or "all" or "ungrouped"))
                .Where(group => Members(inventory, group).Contains(host.Key)).Select(group => $"group.{group}=yes").Order(StringComparer.Ordinal);
            return $"{host.Key}: {Variable("ansible_host") ?? host.Key} {Variable("ansible_user") ?? "-"} {Variable("ansible_port") ?? "-"} {Variable("ansible_private_key_file") ?? Variable("ansible_ssh_private_key_file") ?? "-"} {string.Join(' ', groups)}";
        })];
    }

    private static IEnumerable<string> Members(JsonElement inventory, string group)
    {
        if (!inventory.TryGetProperty(group, out var content))
            return [];
        IEnumerable<string> Of(string kind) => content.TryGetProperty(kind, out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];
        return Of("hosts").Concat(Of("children").SelectMany(child => Members(inventory, child)));
    }

    private async Task<string> AskAnsibleAsync(string inventory, params string[] options)
    {
        var start = new ProcessStartInfo("ansible-inventory", ["-i", Path.Combine(_directory, inventory), .. options])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, // Whose own group_vars Ansible reads too.
            WorkingDirectory = Directory.CreateDirectory(Path.Combine(_directory, "elsewhere")).FullName,
        };
        start.Environment["ANSIBLE_LOCAL_TEMP"] = _directory;
        start.Environment["ANSIBLE_HOME"] = _directory;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        process.ExitCode.ShouldBe(0, await errors);
        return await output;
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
