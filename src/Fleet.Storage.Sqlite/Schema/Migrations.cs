namespace Fleet.Storage.Sqlite;

/// <summary>All steps of the schema, in order; each is an SQL file beside this one.</summary>
internal static class Migrations
{
    public static IReadOnlyList<Migration> All { get; } =
        [Load(1, "first"), Load(2, "scans"), Load(3, "fleet"), Load(4, "rights"), Load(5, "deliveries"), Load(6, "enrollment")];

    private static Migration Load(int version, string name)
    {
        var resource = $"{version:000}-{name}.sql";
        using var stream = typeof(Migrations).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the resource {resource} is missing from the build");
        using var reader = new StreamReader(stream);
        return new Migration(version, name, reader.ReadToEnd());
    }
}
