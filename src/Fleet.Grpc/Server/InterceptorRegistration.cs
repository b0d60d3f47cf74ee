using System.Diagnostics.CodeAnalysis;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor's type and how to get one for a call.</summary>
public class InterceptorRegistration
{
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    private readonly Type _type;
    private readonly object[] _arguments;
    private readonly Lazy<ObjectFactory> _factory;

    internal InterceptorRegistration(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments)
    {
        _type = type;
        _arguments = arguments;
        _factory = new Lazy<ObjectFactory>(
            () => ActivatorUtilities.CreateFactory(_type, [.. _arguments.Select(argument => argument.GetType())]));
    }

    /// <summary>The interceptor's type.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type Type => _type;

    /// <summary>The constructor's arguments.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    // Registered as a service it is the container's to dispose of; made here it lives as long as its call.
    internal (Interceptor Interceptor, bool IsOwned) Get(IServiceProvider services) =>
        _arguments.Length == 0 && services.GetService(_type) is Interceptor registered
            ? (registered, false)
            : ((Interceptor)_factory.Value(services, _arguments), true);
}
