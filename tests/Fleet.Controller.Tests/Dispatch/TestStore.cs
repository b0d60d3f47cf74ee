using Fleet.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Controller.Tests.Dispatch;

/// <summary>A real store in a directory of its own: in memory where the system has such a place, so that commits are quick.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private const string SharedMemory = "/dev/shm";
    private readonly string _directory;

    private TestStore(string directory, SqliteFleetStore store)
    {
        _directory = directory;
        Store = store;
    }

    public SqliteFleetStore Store { get; private set; }

    public static async Task<TestStore> OpenAsync(TimeProvider time)
    {
        var root = Directory.Exists(SharedMemory) ? SharedMemory : Path.GetTempPath();
        var directory = Directory.CreateDirectory(Path.Combine(root, "fleet-test-" + Guid.NewGuid().ToString("N"))).FullName;
        return new TestStore(directory, await OpenAsync(directory, time));
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static Task<SqliteFleetStore> OpenAsync(string directory, TimeProvider time) => SqliteFleetStore.OpenAsync(
        new SqliteStoreOptions { Path = Path.Combine(directory, "fleet.db") }, time, NullLogger.Instance, CancellationToken.None);
}
