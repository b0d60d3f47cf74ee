using System.Text.Json.Serialization;

namespace Fleet.Cli.Contexts;

/// <summary>Which controller an operator talks to, and as whom.</summary>
/// <param name="Name">The context's own name, for `--context`.</param>
/// <param name="Controller">host:port.</param>
/// <param name="Operator">The operator's name at that controller.</param>
/// <param name="Role">Its role when it logged in.</param>
internal sealed record FleetContext(string Name, string Controller, string Operator, string Role);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FleetContext))]
internal sealed partial class ContextJson : JsonSerializerContext;
