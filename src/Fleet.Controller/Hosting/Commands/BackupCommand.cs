using System.CommandLine;
using Fleet.Controller.Backups;
using Fleet.Controller.Control;
using Fleet.Protocol.Units;

namespace Fleet.Controller.Hosting.Commands;

/// <summary><c>backup</c> and <c>restore</c>: all that a fleet is, in one file.</summary>
internal static class BackupCommand
{
    /// <summary>Makes <c>backup</c>.</summary>
    public static Command CreateBackup(SettingFlags flags, TextWriter output)
    {
        var path = new Argument<string>("PATH") { Description = "The new file. It contains the private keys of the fleet: protect it." };
        var command = new Command("backup", "Back up store, trust roots, settings and artifacts to one file, also while the controller is running.") { path };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var sources = flags.Sources(parsed);
            var options = ControllerSettings.Table.Load(sources).OrThrow().Options;
            var data = new DataDirectory(options.Data, options.Store);
            if (FirstStart.FindAbsence(data) is { } absence)
                throw new UsageException(absence);
            var file = Path.GetFullPath(parsed.GetValue(path)!);
            var writer = new BackupWriter(data, ControllerSettings.Table.FileOf(sources), ProcessStatus.Version, TimeProvider.System, output);
            var manifest = await writer.WriteAsync(file, cancellationToken);
            await output.WriteLineAsync($"{file}: {manifest.Describe()}; {new ByteSize(new FileInfo(file).Length)}, read again and found sound");
            return 0;
        });
        return command;
    }

    /// <summary>Makes <c>restore</c>.</summary>
    public static Command CreateRestore(SettingFlags flags, TextWriter output)
    {
        var path = new Argument<string>("PATH") { Description = "The backup file." };
        var command = new Command("restore", "Restore a backup into an empty data directory (--data).") { path };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = flags.Read(parsed);
            var data = new DataDirectory(options.Data, options.Store);
            var manifest = await new BackupRestorer(data).RestoreAsync(Path.GetFullPath(parsed.GetValue(path)!), cancellationToken);
            await output.WriteLineAsync($"{data.Path}: {manifest.Describe()}, as of {manifest.CreatedAt:u}");
            var settings = Path.Combine(data.Path, "controller.json");
            if (File.Exists(settings))
                await output.WriteLineAsync($"its settings are in {settings}: put what still holds into {ControllerSettings.Table.DefaultFile}");
            return 0;
        });
        return command;
    }
}
