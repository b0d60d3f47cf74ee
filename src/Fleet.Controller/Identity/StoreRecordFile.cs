using System.Text.Json;
using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>
/// <c>store.json</c> beside the trust roots: whose store belongs to them, and the revision that it has had. It is written after the store's
/// commit, so a crash at any moment leaves it behind the store or level with it; a store that is behind it has lost something.
/// </summary>
/// <param name="directory">The directory of the trust roots.</param>
internal sealed class StoreRecordFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "store.json");

    /// <summary>Reads it; null where an earlier version has not written one.</summary>
    /// <exception cref="TrustException">It is damaged.</exception>
    public StoreIdentity? Load()
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(_path));
            var root = document.RootElement;
            return new StoreIdentity(root.GetProperty("fleet").GetString() ?? "", root.GetProperty("revision").GetInt64());
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new TrustException($"{_path} is damaged: restore it from a backup, or remove it; without it the store is taken as it is", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrustException($"{_path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Writes it, whole or not at all. That the rename is not flushed is harmless: the earlier record asks for less.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public void Save(StoreIdentity store)
    {
        var temporary = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            {
                json.WriteStartObject();
                json.WriteString("fleet", store.FleetId);
                json.WriteNumber("revision", store.Revision);
                json.WriteEndObject();
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
    }
}
