using Fleet.Agent.Diagnosis;
using Fleet.Agent.Upgrading;
using Fleet.Protocol.V1;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Link;

/// <summary>Keeps the agent linked: connects, and when the link ends, connects again after a while.</summary>
internal sealed partial class LinkClient(ILinkDialer dialer, LinkParts parts, ReconnectPolicy policy, ILogger<LinkClient> log)
{
    private readonly TaskCompletionSource _firstLink = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _wasNobodyThere;

    /// <summary>Whether there is a link at this moment.</summary>
    public bool IsLinked { get; private set; }

    /// <summary>Told of the present connection, for other calls; null while there is no link.</summary>
    public LinkRoute Route { get; init; } = new();

    /// <summary>Done when there was a link for the first time.</summary>
    public Task FirstLink => _firstLink.Task;

    /// <summary>Where it is written down how the link stands; null: nowhere.</summary>
    public LinkDiary? Diary { get; init; }

    /// <summary>Told how the link stands, in a few words: when it is up, and before each new attempt.</summary>
    public Action<string>? Told { get; init; }

    /// <summary>Ends when the host's network changes.</summary>
    public Func<CancellationToken, Task> NetworkChanged { get; init; } = NetworkChanges.WaitAsync;

    /// <summary>Runs until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var (end, lasted) = await LinkOnceAsync(stop);
            if (end is LinkEnd.Stopped || stop.IsCancellationRequested)
                return;
            var delay = policy.NextDelay(end, lasted);
            Report(end, delay);
            var isNobodyThere = end is LinkEnd.Unreachable { IsNobodyThere: true };
            if (end is LinkEnd.Renewed)
                Diary?.NoteFailed("reconnecting with the renewed certificate");
            else if (lasted > TimeSpan.Zero)
                Diary?.NoteLost(end.Reason);
            else if (!(isNobodyThere && _wasNobodyThere))
                Diary?.NoteFailed(end.Reason);
            _wasNobodyThere = isNobodyThere;
            Told?.Invoke($"Disconnected: {end.Reason}");
            await PauseAsync(end, delay, stop);
        }
    }

    /// <summary>Waits for the next attempt; where nothing is known but that the network failed, no longer than until it has changed.</summary>
    private async Task PauseAsync(LinkEnd end, TimeSpan delay, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pause = Task.Delay(delay, parts.Time, over.Token);
        var changed = end is LinkEnd.Unreachable or LinkEnd.Silent or LinkEnd.Broken && delay > parts.Options.NetworkSettles
            ? NetworkChanged(over.Token)
            : Task.Delay(Timeout.InfiniteTimeSpan, over.Token);
        var first = await Task.WhenAny(pause, changed);
        if (first == changed && first.IsCompletedSuccessfully)
        {
            LogNetworkChanged();
            await Task.WhenAny(pause, Task.Delay(policy.NextDelayAfterNetworkChange(), parts.Time, over.Token));
        }

        await over.CancelAsync();
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await changed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<(LinkEnd End, TimeSpan Lasted)> LinkOnceAsync(CancellationToken stop)
    {
        try
        {
            using var connection = dialer.Dial();
            var session = new LinkSession(connection, parts, log) { Welcomed = welcome => OnWelcomed(connection, welcome) };
            var end = await session.RunAsync(stop);
            if (end is LinkEnd.Refused)
                dialer.NoteRefused();
            return (end, session.Lasted);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (new LinkEnd.Unreachable(e.Message), TimeSpan.Zero);
        }
        finally
        {
            IsLinked = false;
            Route.Channel = null;
        }
    }

    private void OnWelcomed(LinkConnection connection, Welcome welcome)
    {
        IsLinked = true;
        Route.Channel = connection.Channel;
        _firstLink.TrySetResult();
        policy.Window = TimeSpan.FromMilliseconds(Math.Clamp(welcome.ReconnectWindowMs, 0, int.MaxValue));
        dialer.NoteAccepted();
        Diary?.NoteLinked(welcome.ControllerVersion, DateTimeOffset.FromUnixTimeMilliseconds(welcome.NowMs));
        Told?.Invoke("Connected");
    }

    private void Report(LinkEnd end, TimeSpan delay)
    {
        switch (end)
        {
            case LinkEnd.Renewed:
                LogRenewed(delay.TotalSeconds);
                break;
            case LinkEnd.Refused { MayPass: true }:
                LogRefusedForNow(end.Reason, delay.TotalSeconds);
                break;
            case LinkEnd.Refused:
                LogRefused(end.Reason, delay.TotalSeconds);
                break;
            case LinkEnd.Dismissed { Cause: DismissalCause.Revoked }:
                LogRevoked(end.Reason, delay.TotalSeconds);
                break;
            case LinkEnd.Dismissed { Cause: DismissalCause.Replaced }:
                LogReplaced(delay.TotalSeconds);
                break;
            case LinkEnd.Dismissed { Cause: DismissalCause.Incompatible }:
                LogIncompatible(end.Reason, delay.TotalSeconds);
                break;
            // One line for a controller that is started again, not thirty.
            case LinkEnd.Unreachable { IsNobodyThere: true } when _wasNobodyThere && delay <= parts.Options.BackOffBase:
                LogStillNobody(delay.TotalSeconds);
                break;
            default:
                LogEnded(end.Reason, delay.TotalSeconds);
                break;
        }
    }

    [LoggerMessage(5000, LogLevel.Warning, "Disconnected: {Reason}; retrying in {Delay:0.0} s")]
    private partial void LogEnded(string reason, double delay);

    [LoggerMessage(5001, LogLevel.Information, "The certificate was renewed; reconnecting with it in {Delay:0.0} s")]
    private partial void LogRenewed(double delay);

    [LoggerMessage(5002, LogLevel.Error, "The controller does not accept this agent's identity: {Reason}. Enroll it again with `fleet-agent enroll --force`. Retrying in {Delay:0} s")]
    private partial void LogRefused(string reason, double delay);

    [LoggerMessage(5003, LogLevel.Error, "This agent was removed from the fleet or its certificate revoked: {Reason}. Enroll it again with `fleet-agent enroll --force`, or stop it. Retrying in {Delay:0} s")]
    private partial void LogRevoked(string reason, double delay);

    [LoggerMessage(5004, LogLevel.Error, "Another process uses this agent's identity (a copied state directory?): enroll one of them again. Retrying in {Delay:0} s")]
    private partial void LogReplaced(double delay);

    [LoggerMessage(5005, LogLevel.Error, "The controller does not support this agent's protocol version: {Reason}. Upgrade the older one. Retrying in {Delay:0} s")]
    private partial void LogIncompatible(string reason, double delay);

    [LoggerMessage(5007, LogLevel.Warning, "The controller does not accept this agent at present: {Reason}. The identity is kept; retrying in {Delay:0} s")]
    private partial void LogRefusedForNow(string reason, double delay);

    [LoggerMessage(5008, LogLevel.Information, "The host's network has changed; retrying soon")]
    private partial void LogNetworkChanged();

    [LoggerMessage(5006, LogLevel.Debug, "Connection refused; retrying in {Delay:0.0} s")]
    private partial void LogStillNobody(double delay);
}
