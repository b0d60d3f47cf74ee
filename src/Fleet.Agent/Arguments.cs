using Fleet.Hosting.Settings;

namespace Fleet.Agent;

/// <summary>What an option of the command line is.</summary>
/// <param name="Flag">With its two dashes.</param>
/// <param name="Value">What follows it, for the help text; null where nothing does.</param>
/// <param name="Meaning">For the help text.</param>
/// <param name="IsRepeatable">Whether it may stand several times.</param>
/// <param name="FormerFlag">What it was called before; null where it always had its name.</param>
internal sealed record OptionSpec(string Flag, string? Value, string Meaning, bool IsRepeatable = false, string? FormerFlag = null);

/// <summary>Options as given on the command line: <c>--name value</c> or <c>--name=value</c>.</summary>
/// <remarks>Hand-written, because a command-line library costs the agent start-up time and a megabyte.</remarks>
internal sealed class Arguments
{
    private readonly List<Given> _given = [];

    private Arguments()
    {
    }

    /// <summary>Everything that is wrong with the command line; empty where nothing is.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Reads a command line by the options that its command knows.</summary>
    public static Arguments Read(ReadOnlySpan<string> words, IReadOnlyList<OptionSpec> options)
    {
        var arguments = new Arguments();
        for (var i = 0; i < words.Length; i++)
        {
            var equals = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i].IndexOf('=', StringComparison.Ordinal) : -1;
            var flag = equals < 0 ? words[i] : words[i][..equals];
            var option = options.FirstOrDefault(o => o.Flag == flag);
            if (option is null)
                arguments.Faults.Add(Unknown(flag, options));
            else if (option.Value is null)
                arguments.AddSwitch(option, hasValue: equals >= 0);
            else if (equals >= 0)
                arguments.Add(option, words[i][(equals + 1)..]);
            else if (i + 1 < words.Length)
                arguments.Add(option, words[++i]);
            else
                arguments.Faults.Add($"{flag} is followed by nothing: give {option.Value}");
        }

        return arguments;
    }

    /// <summary>The option's value; null where it is not given.</summary>
    public string? Get(string flag) => GetAll(flag).FirstOrDefault();

    /// <summary>All values of a repeatable option.</summary>
    public IEnumerable<string> GetAll(string flag) => _given.FindAll(g => g.Flag == flag).ConvertAll(g => g.Value);

    /// <summary>Whether the option is given.</summary>
    public bool Has(string flag) => _given.Exists(g => g.Flag == flag);

    /// <summary>The settings among the options.</summary>
    public IEnumerable<GivenSetting> Settings() =>
        from given in _given
        join setting in AgentSettings.Table.All on given.Flag equals setting.Flag
        select new GivenSetting(setting.Key, given.Value, given.Flag);

    private static string Unknown(string flag, IReadOnlyList<OptionSpec> options) =>
        options.FirstOrDefault(o => o.FormerFlag == flag) is { } renamed ? $"{flag} is now called {renamed.Flag}"
        : options.Count == 0
            ? $"\"{flag}\" is too much: this command takes nothing more"
            : $"there is no \"{flag}\" here; there are {string.Join(", ", options.Select(o => o.Flag))}";

    private void AddSwitch(OptionSpec option, bool hasValue)
    {
        if (hasValue)
            Faults.Add($"{option.Flag} takes no value");
        else
            Add(option, "");
    }

    private void Add(OptionSpec option, string value)
    {
        if (!option.IsRepeatable && Has(option.Flag))
            Faults.Add($"{option.Flag} stands there twice: keep one");
        else
            _given.Add(new Given(option.Flag, value));
    }

    private sealed record Given(string Flag, string Value);
}
