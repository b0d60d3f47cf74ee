using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Hosting.Settings;

/// <summary>The kinds of values that settings have.</summary>
public static class SettingKinds
{
    /// <summary>Switches a setting off that <see cref="OrOff"/> allows it for; so does <c>0</c>.</summary>
    public const string Off = "off";

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static SettingKind<bool> Switch { get; } = Choice(("true", true), ("false", false)) with { Form = SettingForm.Literal };

    /// <summary>A day.</summary>
    public static SettingKind<DateOnly> Date { get; } = new(
        "date",
        text => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? (value, null) : (default, "give a day, such as 2026-11-30"),
        value => value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>A path; a relative one counts from the directory that the program was started in.</summary>
    public static SettingKind<string?> Path { get; } = new(
        "path", text => text.Length > 0 && !text.Contains('\0') ? (System.IO.Path.GetFullPath(text), null) : (null, "give a path"), value => value);

    /// <summary>A path that means the same wherever the program was started.</summary>
    public static SettingKind<string?> AbsolutePath { get; } = new(
        "path", text => text.StartsWith('/') && !text.Contains('\0') ? (text.Length > 1 ? text.TrimEnd('/') : text, null) : (null, "give an absolute path"), value => value);

    /// <summary>A duration, such as 30s.</summary>
    public static SettingKind<TimeSpan> Duration(TimeSpan min, TimeSpan max)
    {
        var bounds = $"{DurationText.Format(min)} to {DurationText.Format(max)}";
        return new SettingKind<TimeSpan>(
            "duration",
            text => !DurationText.TryParse(text, out var value, out var error) ? (default, $"{error!.Message} ({error.Hint})")
                : value < min || value > max ? (default, $"give {bounds}") : (value, null),
            DurationText.Format) { Bounds = bounds };
    }

    /// <summary>A size, such as 64MiB.</summary>
    public static SettingKind<long> Size(long min, long max)
    {
        var bounds = $"{new ByteSize(min)} to {new ByteSize(max)}";
        return new SettingKind<long>(
            "size",
            text => !ByteSize.TryParse(text, out var value, out var error) ? (default, $"{error!.Message} ({error.Hint})")
                : value.Bytes < min || value.Bytes > max ? (default, $"give {bounds}") : (value.Bytes, null),
            value => new ByteSize(value).ToString()) { Bounds = bounds };
    }

    /// <summary>A whole number.</summary>
    public static SettingKind<int> Number(int min, int max)
    {
        var bounds = $"{min} to {max}";
        return new SettingKind<int>(
            "number",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
                ? (value, null) : (default, $"give a whole number from {bounds}"),
            value => value.ToString(CultureInfo.InvariantCulture)) { Bounds = bounds, Form = SettingForm.Literal };
    }

    /// <summary>One of a few words.</summary>
    public static SettingKind<T> Choice<T>(params (string Word, T Value)[] choices)
        where T : struct
    {
        var words = string.Join(", ", choices[..^1].Select(choice => choice.Word)) + $" or {choices[^1].Word}";
        return new SettingKind<T>(
            words,
            text => Array.FindIndex(choices, choice => choice.Word == text) is var index and >= 0 ? (choices[index].Value, null) : (default, $"give {words}"),
            value => Array.Find(choices, choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Word);
    }

    /// <summary>A list of texts; the check is that of an item.</summary>
    public static SettingKind<IReadOnlyList<string>?> List(string unit, Func<string, bool> check, string hint) => new(
        unit,
        text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is var items && items.All(check)
            ? (items, null) : (null, hint),
        value => value is null ? null : string.Join(", ", value)) { Form = SettingForm.List };

    /// <summary>The same kind, which <c>off</c> or <c>0</c> switches off.</summary>
    public static SettingKind<T?> OrOff<T>(this SettingKind<T> kind)
        where T : struct => kind.Nullable(Off) with
    {
        Bounds = $"{kind.Bounds}, or {Off}",
        Read = text => text is Off or "0" ? (null, null) : kind.Read(text) is (_, { } hint) ? (null, $"{hint}, or {Off}") : (kind.Read(text).Value, null),
    };

    /// <summary>The same kind, which need not be set.</summary>
    public static SettingKind<T?> OrNone<T>(this SettingKind<T> kind)
        where T : struct => kind.Nullable(none: null);

    private static SettingKind<T?> Nullable<T>(this SettingKind<T> kind, string? none)
        where T : struct => new(
        kind.Unit,
        text => kind.Read(text) is var (value, hint) && hint is null ? (value, null) : (null, hint),
        value => value is { } set ? kind.Write(set) : none) { Bounds = kind.Bounds, Form = kind.Form };
}
