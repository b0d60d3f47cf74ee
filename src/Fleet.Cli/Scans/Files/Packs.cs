namespace Fleet.Cli.Scans.Files;

/// <summary>The ready-made scans (scans/*.yaml of the repository), carried in the program.</summary>
internal static class Packs
{
    /// <summary>What stands before a pack's name where a file could stand too.</summary>
    public const string Prefix = "pack:";

    private const string Resource = "packs/";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. typeof(Packs).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Resource, StringComparison.Ordinal)).Select(name => name[Resource.Length..]).Order(StringComparer.Ordinal)];

    /// <summary>A pack's text; null where there is none of that name.</summary>
    public static string? Read(string name)
    {
        using var stream = typeof(Packs).Assembly.GetManifestResourceStream(Resource + name);
        if (stream is null)
            return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
