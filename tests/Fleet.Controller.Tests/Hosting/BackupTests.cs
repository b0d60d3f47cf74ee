using System.Formats.Tar;
using Fleet.Controller.Backups;
using Fleet.Controller.Hosting.Commands;

namespace Fleet.Controller.Tests.Hosting;

public sealed class BackupTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly string _data;
    private readonly string _backup;

    public BackupTests()
    {
        _data = _directory.New("data");
        _backup = _directory.New("fleet.backup");
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_backup_becomes_the_same_fleet_elsewhere()
    {
        var settings = _directory.New("controller.json");
        await File.WriteAllTextAsync(settings, """{ "advertise": "fleet.example:7443" }""");
        await MakeFleetAsync();
        Directory.CreateDirectory(Path.Combine(_data, "artifacts"));
        await File.WriteAllTextAsync(Path.Combine(_data, "artifacts", "fleet-agent-1.2.3~rc1-linux-x64.tar.gz"), "an artifact");
        await File.WriteAllTextAsync(Path.Combine(_data, "artifacts", "0123.incoming"), "half an upload");

        (await RunAsync("backup", _backup, "--data", _data, "--config", settings)).ShouldBe(0, _errors.ToString());

        _output.ToString().ShouldContain("0 agents, 0 operators, 0 jobs, 0 scans, 0 hits, 0 alerts");
        _output.ToString().ShouldContain("read again and found sound");
        File.GetUnixFileMode(_backup).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Path.Exists(_backup + ".unfinished").ShouldBeFalse();

        var other = _directory.New("other");
        (await RunAsync("restore", _backup, "--data", other)).ShouldBe(0, _errors.ToString());

        _output.ToString().ShouldContain($"its settings are in {Path.Combine(other, "controller.json")}");
        Directory.GetFileSystemEntries(other).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["artifacts", "controller.json", "fleet.db", "trust"]);
        Directory.GetFiles(Path.Combine(other, "artifacts")).ShouldHaveSingleItem().ShouldEndWith("fleet-agent-1.2.3~rc1-linux-x64.tar.gz");
        foreach (var file in Directory.GetFiles(other, "*", SearchOption.AllDirectories))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        foreach (var key in Directory.GetFiles(Path.Combine(_data, "trust"), "*-root.*").Append(Path.Combine(_data, "trust", "controller.key")))
            (await File.ReadAllTextAsync(Path.Combine(other, "trust", Path.GetFileName(key)))).ShouldBe(await File.ReadAllTextAsync(key));

        _output.GetStringBuilder().Clear();
        (await RunAsync("token", "list", "--data", other)).ShouldBe(0, _errors.ToString());
        _output.ToString().ShouldContain("first admin");
    }

    [Fact]
    public async Task Nothing_is_replaced_by_a_backup_or_by_a_restore()
    {
        await MakeFleetAsync();
        await File.WriteAllTextAsync(_backup, "mine");
        (await RunAsync("backup", _backup, "--data", _data)).ShouldBe(1);
        (await File.ReadAllTextAsync(_backup)).ShouldBe("mine");
        File.Delete(_backup);
        (await RunAsync("backup", _backup, "--data", _data)).ShouldBe(0, _errors.ToString());

        (await RunAsync("restore", _backup, "--data", _data)).ShouldBe(1);

        _errors.ToString().ShouldContain("exists: a backup replaces nothing");
        _errors.ToString().ShouldContain($"{_data} is not empty (it holds fleet.db)");
        (await RunAsync("token", "list", "--data", _data)).ShouldBe(0);
    }

    [Fact]
    public async Task A_backup_with_a_single_wrong_byte_or_cut_off_is_not_restored_at_all()
    {
        await MakeFleetAsync();
        (await RunAsync("backup", _backup, "--data", _data)).ShouldBe(0, _errors.ToString());
        var sound = await File.ReadAllBytesAsync(_backup);
        var other = _directory.New("other");

        // The bytes of a tar that belong to no file (padding, dates) may be anything.
        foreach (var at in await PlacesAsync())
        {
            var damaged = (byte[])sound.Clone();
            damaged[at] ^= 0x20;
            await File.WriteAllBytesAsync(_backup, damaged);
            (await RunAsync("restore", _backup, "--data", other)).ShouldBe(1, $"byte {at}");
            Directory.Exists(other).ShouldBeFalse();
        }

        foreach (var length in (int[])[0, 1000, sound.Length / 2, sound.Length - 10_240])
        {
            await File.WriteAllBytesAsync(_backup, sound[..length]);
            (await RunAsync("restore", _backup, "--data", other)).ShouldBe(1, $"{length} bytes");
            Directory.Exists(other).ShouldBeFalse();
        }

        _errors.ToString().ShouldContain("its fleet.db is damaged");
        _errors.ToString().ShouldContain("it is not a Fleet backup, or is truncated");

        // One place in the midst of each file.
        async Task<List<long>> PlacesAsync()
        {
            var places = new List<long>();
            await using var stream = new MemoryStream(sound);
            await using var tar = new TarReader(stream);
            while (await tar.GetNextEntryAsync() is { } entry)
                places.Add(entry.DataOffset + (entry.Length / 2));
            return places;
        }
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/tmp/outside")]
    [InlineData("trust/../../outside")]
    [InlineData("trust/deeper/file")]
    [InlineData("control.sock")]
    [InlineData("trust/.hidden")]
    public async Task Names_that_no_backup_has_are_refused(string name)
    {
        await using (var stream = File.Create(_backup))
        await using (var tar = new TarWriter(stream))
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) });

        (await RunAsync("restore", _backup, "--data", _directory.New("other"))).ShouldBe(1);

        _errors.ToString().ShouldContain("which no backup of Fleet does");
        Directory.GetFileSystemEntries(_directory.Path).ShouldBe([_backup]);
    }

    [Fact]
    public async Task Links_in_a_backup_are_refused()
    {
        await using (var stream = File.Create(_backup))
        await using (var tar = new TarWriter(stream))
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "fleet.db") { LinkName = "/etc/passwd" });

        (await RunAsync("restore", _backup, "--data", _directory.New("other"))).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_restore_left_that_was_killed_is_made_anew()
    {
        await MakeFleetAsync();
        (await RunAsync("backup", _backup, "--data", _data)).ShouldBe(0, _errors.ToString());
        var other = Directory.CreateDirectory(_directory.New("other")).FullName;
        Directory.CreateDirectory(Path.Combine(other, "restore.new", "trust"));
        await File.WriteAllTextAsync(Path.Combine(other, "fleet.db"), "half");

        (await RunAsync("restore", _backup, "--data", other)).ShouldBe(0, _errors.ToString());
        (await RunAsync("token", "list", "--data", other)).ShouldBe(0, _errors.ToString());
    }

    [Fact]
    public async Task A_store_that_has_lost_something_is_not_taken_for_a_backup()
    {
        await MakeFleetAsync();
        var record = Path.Combine(_data, "trust", "store.json");
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record)).Replace("\"revision\": 1", "\"revision\": 99", StringComparison.Ordinal));

        (await RunAsync("backup", _backup, "--data", _data)).ShouldBe(1);

        _errors.ToString().ShouldContain("has lost what was written last");
        File.Exists(_backup).ShouldBeFalse();
        Path.Exists(_backup + ".unfinished").ShouldBeFalse();
    }

    [Fact]
    public void A_manifest_of_a_later_form_is_named_as_such()
    {
        var manifest = BackupManifest.Read("""{ "format": 1, "files": {}, "contents": { "identity": { "fleetId": "f" } } }"""u8);
        var later = (manifest with { Format = 2 }).Write();

        Should.Throw<BackupException>(() => BackupManifest.Read(later)).Message.ShouldContain("a newer Fleet made it");
        Should.Throw<BackupException>(() => BackupManifest.Read("{}"u8));
    }

    private async Task MakeFleetAsync()
    {
        (await RunAsync("init", "--data", _data)).ShouldBe(0, _errors.ToString());
        _output.GetStringBuilder().Clear();
    }

    private Task<int> RunAsync(params string[] args) => CommandTree.RunAsync(args, _output, _errors).WaitAsync(TimeLimit.Default);
}
