using System.Text.Json;
using Fleet.Protocol.Identity;

namespace Fleet.Cli.Contexts;

/// <summary>
/// The contexts on disk: a directory each below <c>$FLEET_CONFIG_DIR</c>, or <c>~/.config/fleet</c>, with
/// <c>context.json</c> and the identity's files; <c>current</c> names the one in use.
/// </summary>
internal sealed class ContextStore
{
    private readonly string _root;

    public ContextStore(string root) => _root = root;

    private string CurrentPath => Path.Combine(_root, "current");

    /// <summary>The store of the user who runs this process.</summary>
    public static ContextStore OfUser()
    {
        var root = Environment.GetEnvironmentVariable("FLEET_CONFIG_DIR");
        if (string.IsNullOrEmpty(root))
        {
            var config = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
            if (string.IsNullOrEmpty(config))
                config = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
            root = Path.Combine(config, "fleet");
        }

        return new ContextStore(root);
    }

    /// <summary>All contexts, by name.</summary>
    public IReadOnlyList<FleetContext> List()
    {
        if (!Directory.Exists(_root))
            return [];
        return [.. Directory.EnumerateDirectories(_root).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .Where(name => File.Exists(JsonPath(name!))).Select(name => Load(name!))];
    }

    /// <summary>Name of the context in use; null where none is.</summary>
    public string? Current => File.Exists(CurrentPath) ? File.ReadAllText(CurrentPath).Trim() : null;

    /// <summary>The context asked for, or $FLEET_CONTEXT, or the one in use.</summary>
    /// <exception cref="CommandFailure">There is none, or none of that name.</exception>
    public FleetContext Select(string? asked)
    {
        var name = asked ?? NotEmpty(Environment.GetEnvironmentVariable("FLEET_CONTEXT")) ?? Current
            ?? throw CommandFailure.Controller("you are not logged in", "log in: fleet login --controller HOST:PORT --token TOKEN");
        return Load(name);
    }

    /// <summary>Where the context's key, certificate and pinned root are.</summary>
    public IdentityFiles Identity(string name) => new(Path.Combine(_root, Checked(name)));

    /// <summary>Writes a context and makes it the one in use.</summary>
    public void Save(FleetContext context)
    {
        Write(context);
        Use(context.Name);
    }

    /// <summary>Writes a context, readable for its owner only.</summary>
    public void Write(FleetContext context) =>
        Identity(context.Name).WriteAtomically(JsonPath(context.Name), JsonSerializer.Serialize(context, ContextJson.Default.FleetContext) + "\n");

    /// <summary>Makes a context the one in use.</summary>
    public void Use(string name)
    {
        Load(name);
        new IdentityFiles(_root).WriteAtomically(CurrentPath, name + "\n");
    }

    /// <summary>Forgets a context and its key.</summary>
    public void Remove(string name)
    {
        Load(name);
        Directory.Delete(Path.Combine(_root, name), recursive: true);
        if (Current == name)
            File.Delete(CurrentPath);
    }

    /// <summary>Whether the name can be a directory of ours.</summary>
    public static string Checked(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name[0] is not '.' && name != "current"
            ? name
            : throw CommandFailure.Usage($"\"{name}\" is not a valid context name", "use up to 64 letters, digits, '-', '_' and '.'");

    private FleetContext Load(string name)
    {
        var path = JsonPath(Checked(name));
        if (!File.Exists(path))
            throw CommandFailure.Controller($"there is no context \"{name}\"", "see `fleet context list`, or log in: fleet login --context " + name + " ...");
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), ContextJson.Default.FleetContext)
                ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw CommandFailure.Controller(
                $"{path} is damaged{(e.LineNumber is { } line ? $" in line {line + 1}" : "")}", $"log in again: fleet login --context {name} --controller HOST:PORT --token TOKEN");
        }
    }

    private string JsonPath(string name) => Path.Combine(_root, name, "context.json");

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
