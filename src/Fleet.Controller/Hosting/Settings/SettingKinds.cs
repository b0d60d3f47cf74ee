using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Controller.Hosting.Settings;

/// <summary>Makes settings of the kinds that there are.</summary>
internal static class SettingKinds
{
    /// <summary>A duration within bounds, such as 30s.</summary>
    public static Setting Duration(string key, string meaning, TimeSpan least, TimeSpan most, Action<ControllerOptions, TimeSpan> set) =>
        new(key, meaning, (options, text) =>
        {
            if (!DurationText.TryParse(text, out var value, out var error))
                return $"{error!.Message} ({error.Hint})";
            if (value < least || value > most)
                return $"give {DurationText.Format(least)} to {DurationText.Format(most)}";
            set(options, value);
            return null;
        });

    /// <summary>A whole number within bounds.</summary>
    public static Setting Number(string key, string meaning, int least, int most, Action<ControllerOptions, int> set) =>
        new(key, meaning, (options, text) =>
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
                return $"give a whole number from {least} to {most}";
            set(options, value);
            return null;
        });

    /// <summary>A size within bounds, such as 64MiB.</summary>
    public static Setting Size(string key, string meaning, long least, long most, Action<ControllerOptions, long> set) =>
        new(key, meaning, (options, text) =>
        {
            if (!ByteSize.TryParse(text, out var value, out var error))
                return $"{error!.Message} ({error.Hint})";
            if (value.Bytes < least || value.Bytes > most)
                return $"give {new ByteSize(least)} to {new ByteSize(most)}";
            set(options, value.Bytes);
            return null;
        });

    /// <summary>A day, such as 2026-11-30.</summary>
    public static Setting Date(string key, string meaning, Action<ControllerOptions, DateOnly> set) =>
        new(key, meaning, (options, text) =>
        {
            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value))
                return "give a day, such as 2026-11-30";
            set(options, value);
            return null;
        });

    /// <summary>One of a few words.</summary>
    public static Setting Choice<T>(string key, string meaning, string words, Func<string, T?> read, Action<ControllerOptions, T> set)
        where T : struct => new(key, meaning, (options, text) =>
        {
            if (read(text) is not { } value)
                return $"give {words}";
            set(options, value);
            return null;
        });

    /// <summary>Any text; the check says what is wrong with it.</summary>
    public static Setting Text(string key, string meaning, Func<string, string?> check, Action<ControllerOptions, string> set) =>
        new(key, meaning, (options, text) =>
        {
            if (check(text) is { } fault)
                return fault;
            set(options, text);
            return null;
        });
}
