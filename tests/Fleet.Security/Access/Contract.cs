using System.Reflection;
using Fleet.Protocol.V1;
using Google.Protobuf.Reflection;

namespace Fleet.Security.Access;

/// <summary>All methods of the contract, by reflection: none can be forgotten. Besides, those that the controller offers of gRPC's own services.</summary>
internal static class Contract
{
    public static IReadOnlyList<MethodDescriptor> Methods { get; } =
    [
        .. typeof(Hello).Assembly.GetTypes()
            .Where(type => type.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(type => type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)).OfType<FileDescriptor>()
            .SelectMany(file => file.Services)
            .Append(Grpc.Health.V1.Health.Descriptor).Append(Grpc.Reflection.V1.ServerReflection.Descriptor).Append(Grpc.Reflection.V1Alpha.ServerReflection.Descriptor)
            .SelectMany(service => service.Methods).OrderBy(method => method.FullName, StringComparer.Ordinal),
    ];

    /// <summary>The path of a method.</summary>
    public static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    /// <summary>A message without any field.</summary>
    public static Google.Protobuf.IMessage Empty(MethodDescriptor method) => method.InputType.Parser.ParseFrom([]);
}
