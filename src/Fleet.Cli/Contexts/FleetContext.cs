using System.Text.Json.Serialization;
using Fleet.Protocol.Identity;

namespace Fleet.Cli.Contexts;

/// <summary>Which controller an operator talks to, and as whom.</summary>
/// <param name="Name">The context's own name, for `--context`.</param>
/// <param name="Controller">host:port.</param>
/// <param name="Operator">The operator's name at that controller.</param>
/// <param name="Role">Its role when it logged in.</param>
/// <param name="Proxy">The proxy to the controller with its password, which is why nothing prints it; null for none.</param>
internal sealed record FleetContext(
    string Name, string Controller, string Operator, string Role,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Proxy = null)
{
    /// <summary>Reads the proxy.</summary>
    /// <exception cref="CommandFailure">It was written by hand and cannot be used.</exception>
    public ProxyAddress? ReadProxy() => Proxy is null
        ? null
        : ProxyAddress.TryParse(Proxy, out var proxy, out var error)
            ? proxy
            : throw CommandFailure.Controller($"the proxy of context \"{Name}\" cannot be used: {error}", $"set it: fleet context proxy URL --context {Name}");

    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({Operator} at {Controller})";
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FleetContext))]
internal sealed partial class ContextJson : JsonSerializerContext;
