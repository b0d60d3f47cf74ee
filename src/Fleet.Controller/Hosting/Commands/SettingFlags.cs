using System.CommandLine;
using Fleet.Hosting.Settings;

namespace Fleet.Controller.Hosting.Commands;

/// <summary>The flags that stand for settings, the same for all commands.</summary>
internal sealed class SettingFlags
{
    private readonly Option<string?> _file = new("--config") { Description = $"Settings file. Default: {ControllerSettings.Table.DefaultFile}, if it exists.", HelpName = "FILE", Recursive = true };
    private readonly Option<string[]> _set = new("--set") { Description = "Any setting, such as --set log.filesKept=30; may be repeated.", HelpName = "KEY=VALUE", Recursive = true, Arity = ArgumentArity.OneOrMore };
    private readonly (string Key, Option<string?> Option)[] _shorthands =
    [
        ("data", Shorthand("--data", "Directory where everything is kept.", "DIR")),
        ("listen", Shorthand("--listen", "Address and port for agents and operators.", "ADDRESS:PORT")),
        ("advertise", Shorthand("--advertise", "Address that agents and operators use.", "HOST[:PORT]")),
        ("log.level", Shorthand("--log-level", "Least level that is logged.", "LEVEL")),
        ("log.format", Shorthand("--log-format", "Form of log lines: text or json.", "FORMAT")),
    ];

    /// <summary>All of them.</summary>
    public IEnumerable<Option> Options => [_file, _set, .. _shorthands.Select(s => s.Option)];

    /// <summary>Where a command's settings come from.</summary>
    public SettingsSources Sources(ParseResult parsed)
    {
        var flags = new Dictionary<string, GivenSetting>(StringComparer.Ordinal);
        foreach (var pair in parsed.GetValue(_set) ?? [])
        {
            var equals = pair.IndexOf('=');
            if (equals <= 0)
                throw new UsageException($"--set {pair}: give KEY=VALUE, such as --set log.filesKept=30");
            flags[pair[..equals]] = new GivenSetting(pair[..equals], pair[(equals + 1)..], $"--set {pair[..equals]}");
        }

        foreach (var (key, option) in _shorthands)
        {
            if (parsed.GetValue(option) is { } value)
                flags[key] = new GivenSetting(key, value, option.Name);
        }

        return new SettingsSources { File = parsed.GetValue(_file), Environment = Environment.GetEnvironmentVariable, Flags = [.. flags.Values] };
    }

    /// <summary>A command's settings.</summary>
    /// <exception cref="SettingsException">Something cannot be used; it names every error.</exception>
    public ControllerOptions Read(ParseResult parsed) => ControllerSettings.Table.Load(Sources(parsed)).OrThrow().Options;

    private static Option<string?> Shorthand(string name, string meaning, string help) =>
        new(name) { Description = meaning, HelpName = help, Recursive = true };
}
