namespace Fleet.Hosting.Tests;

/// <summary>A directory of a test's own, gone after it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("fleet-hosting-").FullName;

    /// <summary>A path in it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
