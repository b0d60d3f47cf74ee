namespace Fleet.Controller.Tests.Hosting;

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fleet-").FullName;

    /// <summary>A path in it that does not exist yet.</summary>
    public string New(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
