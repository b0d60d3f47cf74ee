using System.CommandLine;
using Fleet.Hosting.Settings;

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
                SettingsReference.List(ControllerSettings.Table, output);
                return 0;
            }

            var options = flags.Read(parsed);
            output.WriteLine($"the settings are sound: data in {options.Data}, listening on {options.Listen}, advertised as {options.AdvertisedAddress}");
            return 0;
        });
        return command;
    }
}
