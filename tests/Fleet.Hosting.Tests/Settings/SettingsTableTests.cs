using System.Text;
using Fleet.Hosting.Logging;
using Fleet.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Fleet.Hosting.Tests.Settings;

public sealed class SettingsTableTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string File => _directory.At("some.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Flags_win_over_the_environment_over_the_file_over_the_defaults()
    {
        var loaded = Load(
            """
            {
              // Comments and a trailing comma are welcome.
              "maxTasks": 2, "timeout": "20s", "isOn": false,
              "users": ["ann", "bob"],
              "log": { "level": "warning", "filesKept": 3 }, /* here, too */
            }
            """,
            [("SOME_PROGRAM_MAX_TASKS", "30"), ("SOME_PROGRAM_LOG_LEVEL", "error"), ("SOME_PROGRAM_KEPT_MAX_BYTES", " 5MiB "), ("SOME_PROGRAM_TIMEOUT", "")],
            new GivenSetting("log.level", "debug", "--log-level"));

        loaded.Errors.ShouldBeEmpty();
        loaded.Options.ShouldBe(new SomeOptions
        {
            MaxTasks = 30,
            Timeout = TimeSpan.FromSeconds(20),
            MaxBytes = 5 << 20,
            IsOn = false,
            Users = loaded.Options.Users,
            Log = new LogOptions { Level = LogLevel.Debug, FilesKept = 3, FileBytes = 10 << 20 },
        });
        loaded.Options.Users.ShouldBe(["ann", "bob"]);
        loaded.Given["kept.maxBytes"].ShouldBe("5MiB");
        SomeSettings.Table.Compose(loaded.Given).Options.ToString().ShouldBe(loaded.Options.ToString());
    }

    [Fact]
    public void A_key_may_be_written_whole_or_in_objects()
    {
        Load("""{ "log.level": "debug", "kept": { "maxAge": "1h" } }""").Options
            .ShouldBe(Load("""{ "log": { "level": "debug" }, "kept.maxAge": "1h" }""").Options);
        Load("{\n\"log\": { \"level\": \"debug\" },\n\"log.level\": \"error\"\n}").Errors.ShouldHaveSingleItem().ToString()
            .ShouldBe($"{File}, line 3: log.level is given twice: keep one");
    }

    [Fact]
    public void Every_error_is_named_at_once_with_its_place_its_value_and_what_to_do()
    {
        var errors = Load(
            "{\n\"maxTasks\": 0,\n\"log\": {\n\"format\": \"xml\"\n},\n\"wings\": 2,\n\"state\": \"here\",\n\"timeout\": null,\n\"secret\": \"\",\n\"kept.maxAge\": \"0s\"\n}",
            [("SOME_PROGRAM_TIMEOUT", "10"), ("SOME_PROGRAM_WITHIN", "10s")],
            new GivenSetting("isOn", "yes", "--set isOn")).Errors;

        errors.Select(error => error.ToString()).ShouldBe(
        [
            $"{File}, line 8: timeout has a value that no setting takes: write a text, a number, true, false or a list of texts",
            "SOME_PROGRAM_WITHIN: this variable is now called SOME_PROGRAM_TIMEOUT",
            $"{File}, line 2: maxTasks cannot be \"0\": give a whole number from 1 to 1024",
            $"{File}, line 4: log.format cannot be \"xml\": give text or json",
            $"{File}, line 6: there is no setting \"wings\": `some-program check-config --list` shows all",
            $"{File}, line 7: state cannot be \"here\": give an absolute path",
            $"{File}, line 9: secret cannot be that (it is not shown): give a path",
            $"{File}, line 10: kept.maxAge cannot be \"0s\": give 1m to 365d, or off",
            "SOME_PROGRAM_TIMEOUT: timeout cannot be \"10\": '10' has no unit (add a unit: 10s for seconds, 10m for minutes)",
            "--set isOn: isOn cannot be \"yes\": give true or false",
        ]);
        Should.Throw<SettingsException>(() => Load("{ \"maxTasks\": 0 }").OrThrow()).Message
            .ShouldBe($"one setting is wrong:\n  {File}, line 1: maxTasks cannot be \"0\": give a whole number from 1 to 1024");
    }

    [Theory]
    [InlineData("maxtasks", "did you mean \"maxTasks\"?")]
    [InlineData("filesKept", "did you mean \"log.filesKept\"?")]
    [InlineData("log.levle", "did you mean \"log.level\"?")]
    [InlineData("kept.maxage", "did you mean \"kept.maxAge\"?")]
    [InlineData("max_tasks", "\"max_tasks\" is now called \"maxTasks\"")]
    [InlineData("bytes", "\"bytes\" is now called \"kept.maxBytes\"")]
    [InlineData("nonsense", "there is no setting \"nonsense\": `some-program")]
    public void An_unknown_key_is_told_the_one_that_is_meant(string key, string hint) =>
        Load($$"""{ "{{key}}": 1 }""").Errors.ShouldHaveSingleItem().ToString().ShouldContain(hint);

    [Theory]
    [InlineData("maxTasks", "1", null), InlineData("maxTasks", "1024", null), InlineData("maxTasks", "1025", "1 to 1024"), InlineData("maxTasks", "-1", "1 to 1024")]
    [InlineData("maxTasks", "1.5", "1 to 1024"), InlineData("maxTasks", "99999999999999999999", "1 to 1024")]
    [InlineData("timeout", "1s", null), InlineData("timeout", "5m", null), InlineData("timeout", "999ms", "1s to 5m"), InlineData("timeout", "5m1ms", "1s to 5m")]
    [InlineData("timeout", "off", "expected a duration")]
    [InlineData("kept.maxBytes", "1MiB", null), InlineData("kept.maxBytes", "1TiB", null), InlineData("kept.maxBytes", "1023KiB", "1MiB to 1TiB"), InlineData("kept.maxBytes", "5", "no unit")]
    [InlineData("kept.maxAge", "off", null), InlineData("kept.maxAge", "0", null), InlineData("kept.maxAge", "59s", "or off")]
    [InlineData("kept.day", "2026-02-29", "give a day"), InlineData("kept.day", "2028-02-29", null), InlineData("kept.day", "29.2.2028", "give a day")]
    [InlineData("isOn", "TRUE", "true or false"), InlineData("isOn", "true", null)]
    [InlineData("users", "ann,bob", null), InlineData("users", "ann,B0b", "give users")]
    [InlineData("state", "relative", "absolute"), InlineData("state", "/a\0b", "absolute"), InlineData("state", "/", null)]
    [InlineData("log.level", "trace", null), InlineData("log.level", "critical", null), InlineData("log.level", "verbose", "trace, debug, information, warning, error or critical")]
    [InlineData("log.fileBytes", "63KiB", "64KiB to 1TiB"), InlineData("log.filesKept", "0", "1 to 10000")]
    public void Bounds_hold(string key, string text, string? hint)
    {
        var errors = Load("{}", [], new GivenSetting(key, text, "--x")).Errors;
        if (hint is null)
            errors.ShouldBeEmpty();
        else
            errors.ShouldHaveSingleItem().Message.ShouldContain(hint);
    }

    [Fact]
    public void What_is_switched_off_is_null_and_what_does_not_fit_together_is_refused()
    {
        Load("""{ "kept.maxAge": "off" }""").Options.MaxAge.ShouldBeNull();
        Load("""{ "kept.maxAge": 0, "maxTasks": 101 }""").Errors.ShouldHaveSingleItem().ToString()
            .ShouldBe("maxTasks must not be above 100 where kept.maxAge is off");
    }

    [Theory]
    [InlineData("", "line 1: this is not JSON")]
    [InlineData("[]", "does not hold a JSON object")]
    [InlineData("{", "line 1: this is not JSON")]
    [InlineData("{\n\"maxTasks\": 1,,\n}", "line 2: this is not JSON")]
    [InlineData("{\"maxTasks\": 1} x", "line 1: this is not JSON")]
    [InlineData("{\"maxTasks\": 1, \"maxTasks\": 2}", "maxTasks is given twice")]
    [InlineData("{\"users\": [1]}", "has a value that no setting takes")]
    [InlineData("{\"users\": [[\"ann\"]]}", "has a value that no setting takes")]
    [InlineData("\u0000\u0001", "this is not JSON")]
    public void A_broken_file_gets_one_error_with_its_place(string text, string error)
    {
        var told = Load(text).Errors.ShouldHaveSingleItem().ToString();
        told.ShouldStartWith(File);
        told.ShouldContain(error);
    }

    [Fact]
    public void What_is_no_text_is_an_error_and_a_byte_order_mark_is_none()
    {
        System.IO.File.WriteAllBytes(File, [.. "{ \"state\": \"/"u8, 0xff, .. "\" }"u8]);
        SomeSettings.Table.Load(new SettingsSources { File = File }).Errors.ShouldHaveSingleItem().Message.ShouldContain("not UTF-8");
        Load("\uFEFF{ \"maxTasks\": 3 }").Options.MaxTasks.ShouldBe(3);
    }

    [Fact]
    public void A_file_that_was_asked_for_must_be_there_and_be_a_settings_file()
    {
        Errors(_directory.At("none.json")).ShouldContain("cannot be read");
        Errors(_directory.Path).ShouldContain("cannot be read");
        System.IO.File.WriteAllText(File, new string(' ', SettingsFile.MaxBytes + 1));
        Errors(File).ShouldContain("larger than 1048576 bytes");
        Errors("/dev/zero").ShouldContain("larger than 1048576 bytes");
        // The one that the environment names was asked for, too; the default one was not.
        SomeSettings.Table.Load(new SettingsSources { Environment = Variables([("SOME_PROGRAM_CONFIG", _directory.At("none.json"))]) }).Errors.Count.ShouldBe(1);
        SomeSettings.Table.Load(new SettingsSources()).Errors.ShouldBeEmpty();

        static string Errors(string file) => SomeSettings.Table.Load(new SettingsSources { File = file }).Errors.ShouldHaveSingleItem().ToString();
    }

    [Fact]
    public void No_bytes_make_the_reader_crash()
    {
        var random = new Random(4);
        var valid = Encoding.UTF8.GetBytes("{ \"maxTasks\": 1, /* a */ \"users\": [\"a\", \"b\"], \"x\": { \"y\": [null, 1e9] } }");
        for (var round = 0; round < 2000; round++)
        {
            var bytes = (byte[])valid.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            SettingsFile.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), "some.json", []);
        }
    }

    [Fact]
    public void Names_in_the_environment_and_on_the_command_line_follow_from_the_key()
    {
        var setting = SomeSettings.Table.Find("kept.maxBytes").ShouldNotBeNull();
        SomeSettings.Table.VariableOf(setting).ShouldBe("SOME_PROGRAM_KEPT_MAX_BYTES");
        (setting.Flag, setting.FormerFlag).ShouldBe(("--kept-max-bytes", "--bytes"));
        // Of some nothing but the file's spelling was another.
        SomeSettings.Table.Find("maxTasks")!.FormerFlag.ShouldBeNull();
        SomeSettings.Table.Find("maxTasks")!.Summary.ShouldBe("Tasks at a time");
    }

    private LoadedSettings<SomeOptions> Load(string file, params (string Name, string Text)[] variables) => Load(file, variables, []);

    private LoadedSettings<SomeOptions> Load(string file, (string Name, string Text)[] variables, params GivenSetting[] flags)
    {
        System.IO.File.WriteAllText(File, file);
        return SomeSettings.Table.Load(new SettingsSources { File = File, Environment = Variables(variables), Flags = flags });
    }

    private static Func<string, string?> Variables((string Name, string Text)[] variables) =>
        name => variables.Where(variable => variable.Name == name).Select(variable => variable.Text).FirstOrDefault();
}
