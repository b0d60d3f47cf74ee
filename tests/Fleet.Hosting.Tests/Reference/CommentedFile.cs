using System.Text;
using System.Text.Json;
using Fleet.Hosting.Settings;

namespace Fleet.Hosting.Tests.Reference;

/// <summary>Writes the commented settings file that packages put into /etc/fleet.</summary>
internal static class CommentedFile
{
    private const int Width = 120;
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="table">The program's settings.</param>
    /// <param name="example">A setting that the file's head takes as its example.</param>
    /// <param name="flag">How the command line sets it.</param>
    public static string Write<TOptions>(SettingsTable<TOptions> table, string example, string flag)
    {
        var text = new StringBuilder();
        Comment(text, "", $"Settings of {table.Program}. Each line that begins with // and a name in quotes shows a setting's default, or an example where there is none: "
            + $"take the slashes away to change it. The environment ({table.VariableOf(table.Find(example)!)} for {example}) wins over this file, and the command line "
            + $"({flag}) wins over both. Durations are written 500ms, 30s, 10m, 2h or 7d; sizes 64KiB, 10MiB or 1GiB.");
        Comment(text, "", $"`{table.Program} check-config` checks it. `systemctl reload {table.Program}` makes what is reloadable count at once, and the log says what it did; "
            + $"the rest takes `systemctl restart {table.Program}`.");
        text.Append("{\n");
        foreach (var section in table.Sections)
        {
            Comment(text, "  ", $"==== {section.Title.TrimEnd('.')} ====");
            text.Append('\n');
            foreach (var setting in section.Settings)
            {
                Comment(text, "  ", string.Join(' ', Sentences(setting, setting.Write(table.Defaults))));
                text.Append($"  // \"{setting.Key}\": {Value(setting, setting.Write(table.Defaults))},\n\n");
            }
        }

        text.Length--;
        return text.Append("}\n").ToString();
    }

    private static IEnumerable<string> Sentences<TOptions>(Setting<TOptions> setting, string? value)
    {
        yield return setting.Meaning;
        if (Allowed(setting) is { } allowed)
            yield return $"{char.ToUpperInvariant(allowed[0])}{allowed[1..]}.";
        if (value is null)
            yield return $"The default: {setting.DefaultMeaning}.";
        yield return setting.IsReloadable ? "Reloadable." : "Takes a restart.";
    }

    private static string? Allowed<TOptions>(Setting<TOptions> setting) =>
        setting.Bounds ?? (setting.Unit is "path" or "date" ? null : setting.Unit);

    private static string Value<TOptions>(Setting<TOptions> setting, string? value)
    {
        value ??= setting.Example ?? throw new InvalidOperationException($"{setting.Key} has neither a default nor an example");
        return setting.Form switch
        {
            // A number may be switched off by a word.
            SettingForm.Literal when value != SettingKinds.Off => value,
            SettingForm.List => $"[{string.Join(", ", value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Quoted))}]",
            _ => Quoted(value),
        };
    }

    private static string Quoted(string value) => JsonSerializer.Serialize(value, s_plain);

    private static void Comment(StringBuilder text, string indent, string words)
    {
        var line = $"{indent}//";
        foreach (var word in words.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                text.Append(line).Append('\n');
                line = $"{indent}//";
            }

            line += $" {word}";
        }

        text.Append(line).Append('\n');
    }
}
