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

    private async Task CompareAsync(string name, string text)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, name), text);
        using var ansible = JsonDocument.Parse(await AskAnsibleAsync(name, "--list"));

        InventoryFile.Parse(name, text, []).Select(Words).ShouldBe(AsAnsibleHasIt(ansible.RootElement), ignoreOrder: true);
    }

    private static string Words(InstallTarget target) =>
        $"{target.Name}: {target.Address} {target.User ?? "-"} {target.Port?.ToString() ?? "-"} {string.Join(' ', target.Labels)}";

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
            return $"{host.Key}: {Variable("ansible_host") ?? host.Key} {Variable("ansible_user") ?? "-"} {Variable("ansible_port") ?? "-"} {string.Join(' ', groups)}";
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
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory,
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
