using Fleet.Storage;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Fleet.Controller.Control;

/// <summary>
/// Tells whoever asks, certificate or not, whether the controller serves: it is not stopping, and its store answers. The store is asked once
/// a second at most, however many ask here.
/// </summary>
internal sealed class HealthService(IRevisionStore store, IHostApplicationLifetime lifetime, TimeProvider time) : Health.HealthBase
{
    private const int MostWatches = 64;
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<ServingStatus>? _looked;
    private long _lookedAt;
    private Task? _asked;
    private int _watches;

    /// <inheritdoc/>
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => IsKnown(request)
        ? new HealthCheckResponse { Status = await LookAsync() }
        : throw new RpcException(new Status(StatusCode.NotFound, "ask for the whole controller: without a service's name"));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        if (Interlocked.Increment(ref _watches) > MostWatches)
        {
            Interlocked.Decrement(ref _watches);
            throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{MostWatches} callers watch, which is the most at once: check now and then instead"));
        }

        try
        {
            var told = ServingStatus.Unknown;
            while (true)
            {
                var now = IsKnown(request) ? await LookAsync() : ServingStatus.ServiceUnknown;
                if (now != told)
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = now }, context.CancellationToken);
                told = now;
                await Task.Delay(s_fresh, time, context.CancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _watches);
        }
    }

    private static bool IsKnown(HealthCheckRequest request) => request.Service.Length == 0;

    private Task<ServingStatus> LookAsync()
    {
        lock (_lock)
        {
            if (_looked is not { } looked || (looked.IsCompleted && time.GetElapsedTime(_lookedAt) >= s_fresh))
                (_looked, _lookedAt) = (looked = AskStoreAsync(), time.GetTimestamp());
            return looked;
        }
    }

    private async Task<ServingStatus> AskStoreAsync()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return ServingStatus.NotServing;
        try
        {
            // One question at a time: a store that hangs is not asked again before it has answered.
            if (_asked is not { IsCompleted: false })
                _asked = store.GetAsync(CancellationToken.None);
            await _asked.WaitAsync(s_patience, time);
            return ServingStatus.Serving;
        }
        catch (Exception e) when (e is StoreException or TimeoutException)
        {
            return ServingStatus.NotServing;
        }
    }
}
