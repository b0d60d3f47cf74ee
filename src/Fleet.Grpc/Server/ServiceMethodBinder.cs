using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Finds a service's methods through its base class's <c>BindService</c>, and the handlers by their signatures.</summary>
internal sealed class ServiceMethodBinder<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(CallSettings settings)
    : ServiceBinderBase
    where TService : class
{
    private readonly List<MappedMethod> _methods = [];

    public IReadOnlyList<MappedMethod> Methods => _methods;

    public void BindAll()
    {
        var binding = FindBinding();
        var bind = binding.BindType
            .GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .FirstOrDefault(method => method.Name == binding.BindMethodName
                && method.GetParameters() is [{ } binder, _] && binder.ParameterType == typeof(ServiceBinderBase))
            ?? throw new InvalidOperationException($"'{binding.BindType}' has no method {binding.BindMethodName}(ServiceBinderBase, service).");
        bind.Invoke(null, [this, null]);
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var target = FindHandler(method, typeof(TRequest), typeof(ServerCallContext));
        var invoke = target.CreateDelegate<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>();
        UnaryServerMethod<TRequest, TResponse> call = (request, context) =>
            ServiceActivator<TService>.InvokeAsync(context, service => invoke(service, request, context));
        var pipeline = InterceptorPipeline.Wrap(settings.Options.Interceptors, call);
        Add(method, target, new UnaryHandler<TRequest, TResponse>(method, settings, pipeline));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var target = FindHandler(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var invoke = target.CreateDelegate<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>();
        ClientStreamingServerMethod<TRequest, TResponse> call = (requests, context) =>
            ServiceActivator<TService>.InvokeAsync(context, service => invoke(service, requests, context));
        var pipeline = InterceptorPipeline.Wrap(settings.Options.Interceptors, call);
        Add(method, target, new ClientStreamingHandler<TRequest, TResponse>(method, settings, pipeline));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var target = FindHandler(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = target.CreateDelegate<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        ServerStreamingServerMethod<TRequest, TResponse> call = (request, responses, context) =>
            ServiceActivator<TService>.InvokeAsync(context, service => invoke(service, request, responses, context));
        var pipeline = InterceptorPipeline.Wrap(settings.Options.Interceptors, call);
        Add(method, target, new ServerStreamingHandler<TRequest, TResponse>(method, settings, pipeline));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var target = FindHandler(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var invoke = target.CreateDelegate<
            Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        DuplexStreamingServerMethod<TRequest, TResponse> call = (requests, responses, context) =>
            ServiceActivator<TService>.InvokeAsync(context, service => invoke(service, requests, responses, context));
        var pipeline = InterceptorPipeline.Wrap(settings.Options.Interceptors, call);
        Add(method, target, new DuplexStreamingHandler<TRequest, TResponse>(method, settings, pipeline));
    }

    private static BindServiceMethodAttribute FindBinding()
    {
        for (Type? type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } found)
                return found;
        }

        throw new InvalidOperationException($"'{typeof(TService)}' does not derive from a generated gRPC base class.");
    }

    private static MethodInfo FindHandler(IMethod method, params Type[] parameters) =>
        typeof(TService).GetMethod(method.Name, BindingFlags.Instance | BindingFlags.Public, binder: null, parameters, modifiers: null)
        ?? throw new InvalidOperationException($"'{typeof(TService)}' has no handler for {method.FullName}.");

    private void Add(IMethod method, MethodInfo handler, CallHandler call) =>
        _methods.Add(new MappedMethod(
            method, call.HandleAsync, [.. typeof(TService).GetCustomAttributes(inherit: true), .. handler.GetCustomAttributes(inherit: true)]));
}
