using Fleet.Storage.Sqlite;
using Fleet.Storage.Tests.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Storage.Tests.Sqlite;

/// <summary>A SQLite store in a directory of its own, removed at the end.</summary>
internal sealed class SqliteProvider : IStoreProvider, IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("fleet-storage-").FullName;

    public string File => Path.Combine(Directory, "fleet.db");

    public SqliteStoreOptions Options => new() { Path = File };

    public string Kind => "sqlite";

    public string Log => File + "-wal";

    public bool GivesSpaceBack => true;

    public long FileBytes => new FileInfo(File).Length;

    public async Task<IFleetStore> OpenAsync(TimeProvider time) => await OpenAsync(Options, time);

    public async Task<IFleetStore> OpenAsync(string file, TimeProvider time) => await OpenAsync(Options with { Path = file }, time);

    public Task<SqliteFleetStore> OpenAsync(SqliteStoreOptions? options = null, TimeProvider? time = null) =>
        SqliteFleetStore.OpenAsync(
            options ?? Options, time ?? new SettableTime(), NullLogger.Instance, CancellationToken.None).InTime();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
