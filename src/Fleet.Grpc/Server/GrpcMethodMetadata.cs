using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>What an endpoint tells about the gRPC method behind it.</summary>
public sealed class GrpcMethodMetadata
{
    /// <summary>Describes a method.</summary>
    public GrpcMethodMetadata(Type serviceType, IMethod method)
    {
        ServiceType = serviceType ?? throw new ArgumentNullException(nameof(serviceType));
        Method = method ?? throw new ArgumentNullException(nameof(method));
    }

    /// <summary>The class that implements the service.</summary>
    public Type ServiceType { get; }

    /// <summary>The method.</summary>
    public IMethod Method { get; }
}
