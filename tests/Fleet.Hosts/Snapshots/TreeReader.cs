using System.Security.Cryptography;
using Fleet.Hosts.Machine;

namespace Fleet.Hosts.Snapshots;

/// <summary>Reads directory trees for a <see cref="FileSystemSnapshot"/>.</summary>
internal static class TreeReader
{
    // Kind, mode, owner, destination of a link; then the path, which may hold anything but NUL.
    private const string Format = "%y %#m %U:%G %l\\0%P\\0";

    /// <summary>Adds what lies below a directory.</summary>
    /// <param name="entries">Where to.</param>
    /// <param name="directory">Where it is on this machine.</param>
    /// <param name="name">What the host calls it; empty for its root.</param>
    /// <param name="like">A tree whose equal entries are left out; null for none.</param>
    internal static async Task AddAsync(IDictionary<string, string> entries, string directory, string name, string? like)
    {
        var known = like is null ? [] : await ListAsync(like);
        foreach (var (path, entry) in await ListAsync(directory))
        {
            var found = await WithContentAsync(directory, path, entry);
            // A layer also holds directories and files that were only touched: those are as they were.
            var isKnown = known.TryGetValue(path, out var before) && before == entry && await WithContentAsync(like!, path, before) == found;
            if (found is not null && !isKnown)
                entries[$"{name}/{path}"] = found;
        }
    }

    private static async Task<Dictionary<string, string>> ListAsync(string directory)
    {
        // Files that vanish meanwhile are no fault, but find(1) ends with 1 for them.
        var fields = (await Tool.TryAsync("find", directory, "-mindepth", "1", "-printf", Format)).Stdout.Split('\0');
        return fields.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[1], pair => pair[0], StringComparer.Ordinal);
    }

    /// <summary>The entry with its content; null where it went away meanwhile.</summary>
    private static async Task<string?> WithContentAsync(string directory, string path, string entry)
    {
        if (!entry.StartsWith('f'))
            return entry;
        try
        {
            await using var file = File.OpenRead(Path.Combine(directory, path));
            return entry + Convert.ToHexStringLower(await SHA256.HashDataAsync(file))[..16];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
