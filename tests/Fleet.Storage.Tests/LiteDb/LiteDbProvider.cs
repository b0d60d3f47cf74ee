using Fleet.Storage.LiteDb;
using Fleet.Storage.Tests.Contract;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.Storage.Tests.LiteDb;

/// <summary>A LiteDB store in a directory of its own, removed at the end.</summary>
internal sealed class LiteDbProvider : IStoreProvider, IDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("fleet-storage-").FullName;

    public string File => Path.Combine(Directory, "fleet.litedb");

    public string Log => File + "-log";

    public LiteDbStoreOptions Options => new() { Path = File };

    public string Kind => "litedb";

    public bool GivesSpaceBack => false;

    public long FileBytes => new FileInfo(File).Length;

    public async Task<IFleetStore> OpenAsync(TimeProvider time) => await OpenAsync(Options, time);

    public async Task<IFleetStore> OpenAsync(string file, TimeProvider time) => await OpenAsync(Options with { Path = file }, time);

    public Task<LiteDbFleetStore> OpenAsync(LiteDbStoreOptions? options = null, TimeProvider? time = null) => LiteDbFleetStore.OpenAsync(
        options ?? Options, time ?? new SettableTime(), NullLogger.Instance, CancellationToken.None).InTime();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
