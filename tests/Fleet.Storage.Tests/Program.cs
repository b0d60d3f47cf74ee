using Fleet.Storage;
using Fleet.Storage.LiteDb;
using Fleet.Storage.Sqlite;
using Fleet.Storage.Tests;
using Fleet.Storage.Tests.Contract;
using Microsoft.Extensions.Logging.Abstractions;

// The process that the crash tests kill: runs one job after the other and names each one that the store has acknowledged.
// Arguments: the provider, the database, and where to begin counting.
var none = CancellationToken.None;
IFleetStore store = args[0] == "litedb"
    ? await LiteDbFleetStore.OpenAsync(new LiteDbStoreOptions { Path = args[1] }, new SettableTime(), NullLogger.Instance, none)
    : await SqliteFleetStore.OpenAsync(new SqliteStoreOptions { Path = args[1] }, new SettableTime(), NullLogger.Instance, none);
// Killed long before the last one; it ends by itself where the tests were.
const int most = 2000;
var first = int.Parse(args[2]);
for (var n = first; n < first + most; n++)
{
    await CrashContract.RunAsync(store, $"job{n:00000}");
    Console.WriteLine($"job{n:00000}");
}
