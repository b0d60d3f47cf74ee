namespace Fleet.Controller.Hosting.Settings;

/// <summary>One setting as operators see it.</summary>
/// <param name="Key">Its place in the file, such as <c>log.level</c>.</param>
/// <param name="Meaning">What it does, for `check-config --list`.</param>
/// <param name="Apply">Takes a value into the options; returns what is wrong with it and how to mend that, or null.</param>
internal sealed record Setting(string Key, string Meaning, Func<ControllerOptions, string, string?> Apply)
{
    /// <summary>
    /// Takes the value over from one set of options into another that is in use; null where the setting counts after a restart
    /// alone. Only for what is looked up at each use.
    /// </summary>
    public Action<ControllerOptions, ControllerOptions>? CopyLive { get; init; }

    /// <summary>The same setting, which a reload takes over.</summary>
    public Setting Reloadable(Action<ControllerOptions, ControllerOptions> copy) => this with { CopyLive = copy };

    /// <summary>The same setting, which <c>off</c> or <c>0</c> switches off.</summary>
    public Setting OrOff(Action<ControllerOptions> switchOff) => this with
    {
        Apply = (options, text) =>
        {
            if (text is not ("off" or "0"))
                return Apply(options, text) is { } mend ? $"{mend}, or off" : null;
            switchOff(options);
            return null;
        },
    };

    /// <summary>Its name in the environment, such as <c>FLEET_CONTROLLER_LOG_LEVEL</c>.</summary>
    public string EnvironmentName { get; } = "FLEET_CONTROLLER_" + string.Concat(
        Key.Select(c => c == '.' ? "_" : char.IsAsciiLetterUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()));
}
