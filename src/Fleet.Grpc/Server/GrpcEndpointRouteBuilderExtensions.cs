using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Calls;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Mapping gRPC services.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps every method of a service to an endpoint. The class comes from the container, or is made for each call, and must
    /// derive from a generated base class.
    /// </summary>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = builder.ServiceProvider.GetService<IOptions<GrpcServiceOptions>>()?.Value
            ?? throw new InvalidOperationException("gRPC is not registered; call services.AddGrpc() first.");
        var logger = builder.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server.Calls");
        var time = builder.ServiceProvider.GetService<TimeProvider>() ?? TimeProvider.System;

        var binder = new ServiceMethodBinder<TService>(new CallSettings(options, time, logger));
        binder.BindAll();
        var endpoints = new List<IEndpointConventionBuilder>();
        foreach (var method in binder.Methods)
        {
            var endpoint = builder.MapPost(method.Method.FullName, method.Handle);
            endpoint.WithMetadata([new GrpcMethodMetadata(typeof(TService), method.Method), .. method.Attributes]);
            endpoint.WithDisplayName($"gRPC - {method.Method.FullName}");
            endpoints.Add(endpoint);
        }

        UnimplementedEndpoints.Map(builder, binder.Methods.Select(method => method.Method.ServiceName).Distinct());
        return new GrpcServiceEndpointConventionBuilder(endpoints);
    }
}
