using System.CommandLine;
using Fleet.Controller.Enrollment;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>init</c>: make a new fleet in an empty directory.</summary>
internal static class InitCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(SettingFlags flags, TextWriter output)
    {
        var adminName = new Option<string>("--admin-name")
        {
            Description = "Name of the first admin.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "admin",
        };
        var command = new Command("init", "Create a new fleet: trust roots, store and a token for the first admin.") { adminName };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = flags.Read(parsed);
            var name = CheckAdminName(parsed.GetValue(adminName)!);
            var data = new DataDirectory(options.Data, options.Store);
            if (FirstStart.FindObstacle(data) is { } obstacle)
                throw new CommandException(obstacle);
            FirstStart.CreateRoots(data, TimeProvider.System);
            await using var opened = await OpenedData.OpenAsync(
                data, options.Certificates, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
            await output.WriteLineAsync(await FirstStart.WelcomeAsync(
                opened, options, name, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken));
            return 0;
        });
        return command;
    }

    private static string CheckAdminName(string name) =>
        ApplicationCheck.OperatorNameFault(name) is { } fault ? throw new UsageException($"--admin-name: {fault}") : name;
}
