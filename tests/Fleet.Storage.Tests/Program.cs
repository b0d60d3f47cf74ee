using Fleet.Storage.Sqlite;
using Fleet.Storage.Tests;
using Microsoft.Extensions.Logging.Abstractions;

// The process that the crash test kills: runs one job after the other and names each one that the store has acknowledged.
// Arguments: the database, and where to begin counting.
var store = await SqliteFleetStore.OpenAsync(
    new SqliteStoreOptions { Path = args[0] }, new SettableTime(), NullLogger.Instance, CancellationToken.None);
for (var n = int.Parse(args[1]); ; n++)
{
    var job = Some.Job($"job{n:00000}", tasks: 20);
    await store.Jobs.CreateAsync(job, CancellationToken.None);
    await store.Events.AppendAsync(
        [.. Enumerable.Range(1, 20).SelectMany(task => new[] { Some.Started(job, task), Some.Ended(job, task) })],
        CancellationToken.None);
    Console.WriteLine(job.Id);
}
