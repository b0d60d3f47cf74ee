namespace Fleet.Tests.Machine;

/// <summary>The sources that these programs were built from. A caller's file path would not tell: a build by CI writes it as /_/.</summary>
internal static class Repository
{
    /// <summary>The directory of Fleet.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>A path inside it.</summary>
    public static string At(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Fleet.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"Fleet.sln is not above {AppContext.BaseDirectory}.");
        return directory.FullName;
    }
}
