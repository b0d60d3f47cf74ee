using System.CommandLine;
using Fleet.Cli.Install.Inventories;
using Fleet.Cli.Options;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Cli.Install;

/// <summary>The options of `fleet agents install`.</summary>
internal sealed class InstallOptionSet
{
    private const int MostParallel = 256;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);

    private readonly Option<string[]> _ssh = new("--ssh") { Description = "Hosts: [user@]host[:port], separated by commas; web[01-20] for many.", HelpName = "HOSTS" };
    private readonly Option<string?> _inventory = new("--inventory", "-i") { Description = "Ansible inventory, INI or YAML; each group becomes the label group.NAME=yes.", HelpName = "FILE" };
    private readonly Option<string[]> _groups = new("--group", "-g") { Description = "Only hosts in this inventory group; may be repeated.", HelpName = "NAME" };
    private readonly Option<int?> _parallel = new("--parallel", "-p")
    {
        Description = "Hosts installed at once. Default 16.", HelpName = "N", CustomParser = OptionValues.Whole(1, MostParallel),
    };
    private readonly Option<TimeSpan?> _connect = Duration("--connect-timeout", "Connection timeout of ssh. Default 10s.");
    private readonly Option<TimeSpan?> _timeout = Duration("--timeout", "Timeout for each host, until its agent has connected. Default 5m.");
    private readonly Option<TimeSpan?> _deadline = Duration("--deadline", "Timeout for all hosts together. Default 1h.");

    private readonly Option<KeyValuePair<string, string>[]> _labels = new("--label", "-l")
    {
        Description = "Label for every agent; may be repeated.", HelpName = "KEY=VALUE", CustomParser = OptionValues.Assignments,
    };

    private readonly Option<bool> _replace = new("--replace") { Description = "Let a host take over the name of an enrolled agent (a reinstalled host)." };
    private readonly ProxyOptions _proxy;
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Only print what would be done; neither hosts nor the controller are contacted." };
    private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line (docs/json.md)." };
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask for confirmation." };

    public InstallOptionSet(Command command)
    {
        foreach (var option in (Option[])[_ssh, _inventory, _groups, _parallel, _connect, _timeout, _deadline, _labels, _replace, _dryRun, _json, _yes])
            command.Options.Add(option);
        _proxy = new ProxyOptions(command, $"Proxy through which hosts reach the controller: {ProxyAddress.Forms}.");
    }

    /// <summary>Whether nobody is to be asked.</summary>
    public bool AssumesYes(ParseResult parsed) => parsed.GetValue(_yes);

    /// <summary>The hosts.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="note">Is told what of an inventory was not read.</param>
    public IReadOnlyList<InstallTarget> Targets(ParseResult parsed, Action<string> note)
    {
        var hosts = parsed.GetValue(_ssh) ?? [];
        var inventory = parsed.GetValue(_inventory);
        var groups = parsed.GetValue(_groups) ?? [];
        if ((hosts.Length > 0) == (inventory is not null))
            throw CommandFailure.Usage(inventory is null ? "no host was given" : "both --ssh and --inventory were given", "give --ssh user@host,... or --inventory FILE");
        if (inventory is not null)
            return InventoryFile.Read(inventory, groups, note);
        return groups.Length == 0 ? SshHostList.Read(hosts) : throw CommandFailure.Usage("--group requires --inventory", "give --inventory FILE");
    }

    /// <summary>How it goes over them.</summary>
    public InstallOptions Read(ParseResult parsed, IReadOnlyList<string> sshOptions)
    {
        var defaults = new InstallOptions();
        if (sshOptions is [var first, ..] && !first.StartsWith('-'))
            throw CommandFailure.Usage($"\"{first}\" is not an ssh option", "arguments after -- are passed to ssh: -- -J bastion -F FILE");
        return new InstallOptions
        {
            Parallel = parsed.GetValue(_parallel) ?? defaults.Parallel,
            ConnectTimeout = Checked(parsed, _connect, defaults.ConnectTimeout),
            Timeout = Checked(parsed, _timeout, defaults.Timeout),
            Deadline = Checked(parsed, _deadline, defaults.Deadline),
            Replace = parsed.GetValue(_replace),
            Labels = [.. (parsed.GetValue(_labels) ?? []).Select(Label)],
            Proxy = _proxy.Read(parsed),
            SshOptions = sshOptions,
            DryRun = parsed.GetValue(_dryRun),
            Json = parsed.GetValue(_json),
        };
    }

    // As `fleet-agent enroll --label` reads it, which is a list: a comma in the value takes quotes.
    private static string Label(KeyValuePair<string, string> label) =>
        LabelKey.CheckValue(label.Value) is { } error
            ? throw CommandFailure.Usage($"--label {label.Key}: {error.Message}", error.Hint)
            : Protocol.Identifiers.Labels.Of([new(LabelKey.Parse(label.Key), label.Value)]).ToString();

    private static TimeSpan Checked(ParseResult parsed, Option<TimeSpan?> option, TimeSpan usual)
    {
        var value = parsed.GetValue(option) ?? usual;
        return value >= TimeSpan.FromSeconds(1) && value <= s_longest ? value : throw CommandFailure.Usage($"{option.Name} is out of range", "give 1s to 7d");
    }

    private static Option<TimeSpan?> Duration(string name, string description) =>
        new(name) { Description = description, HelpName = "DURATION", CustomParser = result => OptionValues.Duration(result) };
}
