namespace Fleet.Controller.Hits;

/// <summary>Wakes those who follow hits when more are stored. It carries no data: they read the store.</summary>
internal sealed class HitSignal
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next pulse. Take it before reading the store: what is stored after that read then completes it.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Findings are stored.</summary>
    public void Pulse() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
