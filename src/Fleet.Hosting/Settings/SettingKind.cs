namespace Fleet.Hosting.Settings;

/// <summary>How a setting's value is written in a JSON file.</summary>
public enum SettingForm
{
    /// <summary>In quotes.</summary>
    Text,

    /// <summary>A number, true or false.</summary>
    Literal,

    /// <summary>A list of texts.</summary>
    List,
}

/// <summary>A kind of value: how its text is read, checked and written.</summary>
/// <typeparam name="T">What the options hold.</typeparam>
/// <param name="Unit">What it is, for the reference: <c>duration</c>, <c>size</c>, <c>number</c>.</param>
/// <param name="Read">Reads a text; the hint says what to write instead, and is null where the value is good.</param>
/// <param name="Write">Writes a value so that <paramref name="Read"/> reads it back; null where there is nothing to write.</param>
public sealed record SettingKind<T>(string Unit, Func<string, (T Value, string? Hint)> Read, Func<T, string?> Write)
{
    /// <summary>What values are allowed; null where <see cref="Unit"/> says it all.</summary>
    public string? Bounds { get; init; }

    /// <summary>How a value is written in a JSON file.</summary>
    public SettingForm Form { get; init; }
}
