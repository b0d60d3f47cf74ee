using Fleet.Hosting.Logging;
using Fleet.Hosting.Settings;

namespace Fleet.Hosting.Tests.Settings;

/// <summary>Options with a setting of every kind.</summary>
internal sealed record SomeOptions
{
    public int MaxTasks { get; init; } = 8;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public long MaxBytes { get; init; } = 64 << 20;

    public TimeSpan? MaxAge { get; init; } = TimeSpan.FromDays(30);

    public DateOnly? Day { get; init; }

    public bool IsOn { get; init; } = true;

    public IReadOnlyList<string>? Users { get; init; }

    public string State { get; init; } = "/var/lib/some";

    public string? Secret { get; init; }

    public LogOptions Log { get; init; } = new() { FileBytes = 10 << 20, FilesKept = 5 };
}

/// <summary>Their table.</summary>
internal static class SomeSettings
{
    private static readonly SettingsPart<SomeOptions, SomeOptions> s_part = new("", o => o, (_, o) => o);
    private static readonly SettingsPart<SomeOptions, SomeOptions> s_kept = new("kept", o => o, (_, o) => o);

    public static SettingsTable<SomeOptions> Table { get; } = new("some-program", "/nowhere/some.json", new SomeOptions(),
    [
        new("Everything.",
        [
            s_part.Setting("maxTasks", SettingKinds.Number(1, 1024), o => o.MaxTasks, (o, v) => o with { MaxTasks = v }, "Tasks at a time. And more.").Reloadable().Formerly("max_tasks"),
            s_part.Setting("timeout", SettingKinds.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), o => o.Timeout, (o, v) => o with { Timeout = v }, "How long.")
                .Formerly("within"),
            s_part.Setting("state", SettingKinds.AbsolutePath, o => o.State, (o, v) => o with { State = v! }, "Where."),
            s_part.Setting("isOn", SettingKinds.Switch, o => o.IsOn, (o, v) => o with { IsOn = v }, "Whether."),
            s_part.Setting("users", SettingKinds.List("list of users", user => user.All(char.IsAsciiLetterLower), "give users"), o => o.Users, (o, v) => o with { Users = v }, "Who.")
                .Unset("any", "ann, bob").Reloadable(),
            s_part.Setting("secret", SettingKinds.Path, o => o.Secret, (o, v) => o with { Secret = v }, "What nobody sees.") with { Mask = _ => "that (it is not shown)" },
        ]),
        new("What is kept.",
        [
            s_kept.Setting("maxBytes", SettingKinds.Size(1 << 20, 1L << 40), o => o.MaxBytes, (o, v) => o with { MaxBytes = v }, "How much.").Reloadable().Formerly("bytes"),
            s_kept.Setting("maxAge", SettingKinds.Duration(TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)).OrOff(), o => o.MaxAge, (o, v) => o with { MaxAge = v }, "How old.")
                .Reloadable(),
            s_kept.Setting("day", SettingKinds.Date.OrNone(), o => o.Day, (o, v) => o with { Day = v }, "Which day.").Unset("none", "2026-11-30").Reloadable(),
        ]),
        LogSettings.Section<SomeOptions>(o => o.Log, (o, p) => o with { Log = p }, "/var/log/some.log", static _ => null),
    ])
    {
        Rules = o => o.MaxTasks > 100 && o.MaxAge is null ? [("maxTasks", "maxTasks must not be above 100 where kept.maxAge is off")] : [],
    };
}
