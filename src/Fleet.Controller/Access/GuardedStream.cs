using Fleet.Controller.Identity;
using Grpc.Core;

namespace Fleet.Controller.Access;

/// <summary>
/// A streaming call that ends when its caller is revoked, or when the controller stops. Operators' handlers see their token
/// cancelled; an agent's handler watches <see cref="CallerIdentity.Revoked"/> itself, because it has a goodbye to say. One
/// that has not ended within <see cref="Grace"/> after a revocation is cut off.
/// </summary>
internal sealed class GuardedStream : IDisposable
{
    /// <summary>How long a handler may take to end once its caller is revoked.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly ServerCallContext _context;
    private readonly CallerIdentity _caller;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource? _ended;
    private readonly CancellationTokenRegistration _onRevoked;
    private readonly TimeProvider _time;
    private ITimer? _cutOff;

    public GuardedStream(ServerCallContext context, CallerIdentity caller, TimeProvider time, CancellationToken stopping)
    {
        _context = context;
        _caller = caller;
        _stopping = stopping;
        _time = time;
        if (caller is not CallerIdentity.Agent)
            _ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, caller.Revoked, stopping);
        _onRevoked = caller.Revoked.UnsafeRegister(static state => ((GuardedStream)state!).ArmCutOff(), this);
    }

    /// <summary>Runs the handler to its end; where that was forced, says so in the status.</summary>
    public async Task<T> RunAsync<T>(Func<ServerCallContext, Task<T>> handler)
    {
        T result;
        try
        {
            result = await handler(_ended is null ? _context : new GuardedCallContext(_context, _ended.Token));
        }
        catch (Exception) when (ForcedEnd is not null)
        {
            throw new RpcException(ForcedEnd.Value);
        }

        return ForcedEnd is { } late ? throw new RpcException(late) : result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _onRevoked.Dispose();
        _ended?.Dispose();
        Interlocked.Exchange(ref _cutOff, null)?.Dispose();
    }

    private Status? ForcedEnd => this switch
    {
        { _caller.Revoked.IsCancellationRequested: true } => new Status(StatusCode.Unauthenticated, "this identity was revoked or removed"),
        { _ended: not null, _stopping.IsCancellationRequested: true } => new Status(StatusCode.Unavailable, "the controller is shutting down"),
        _ => null,
    };

    private void ArmCutOff()
    {
        var http = _context.GetHttpContext();
        _cutOff = _time.CreateTimer(static state => ((HttpContext)state!).Abort(), http, Grace, Timeout.InfiniteTimeSpan);
    }
}
