using System.CommandLine;
using Fleet.Controller.Hosting.Settings;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>check-config</c>: read all settings and say what is wrong with them, without starting anything.</summary>
internal static class CheckConfigCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SettingFlags flags, TextWriter output)
    {
        var list = new Option<bool>("--list") { Description = "List all settings instead." };
        var command = new Command("check-config", "Check the settings without starting the controller.") { list };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(list))
            {
                foreach (var setting in SettingsTable.All)
                    output.WriteLine($"{setting.Key,-28} {setting.Meaning} ({setting.EnvironmentName})");
                return 0;
            }

            var options = SettingsReader.Read(flags.Sources(parsed));
            output.WriteLine($"the settings are sound: data in {options.Data}, listening on {options.Listen}, advertised as {options.AdvertisedAddress}");
            return 0;
        });
        return command;
    }
}
