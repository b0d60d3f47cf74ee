using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Gets the object that serves one call: the container's, or a new one that ends with the call.</summary>
internal static class ServiceActivator<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Factory = new(() => ActivatorUtilities.CreateFactory<TService>(Type.EmptyTypes));

    public static TTask InvokeAsync<TTask>(ServerCallContext context, Func<TService, TTask> invoke)
        where TTask : Task
    {
        var services = context.GetHttpContext().RequestServices;
        if (services.GetService<TService>() is { } registered)
            return invoke(registered);

        var made = Factory.Value(services, []);
        if (made is IAsyncDisposable or IDisposable)
            context.GetHttpContext().Response.RegisterForDisposeAsync(new Disposer(made));

        return invoke(made);
    }

    private sealed class Disposer(TService service) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (service is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                ((IDisposable)service).Dispose();
        }
    }
}
