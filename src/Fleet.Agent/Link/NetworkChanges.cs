using System.Net.NetworkInformation;

namespace Fleet.Agent.Link;

/// <summary>Notices that this host's network has changed: a cable is back, an address is new.</summary>
internal static class NetworkChanges
{
    /// <summary>Waits for the next one; where the system cannot tell, until it is cancelled.</summary>
    public static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            NetworkChange.NetworkAddressChanged += OnAddress;
            NetworkChange.NetworkAvailabilityChanged += OnAvailability;
            await changed.Task.WaitAsync(cancellationToken);
        }
        catch (NetworkInformationException)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
        finally
        {
            NetworkChange.NetworkAddressChanged -= OnAddress;
            NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
        }

        void OnAddress(object? sender, EventArgs change) => changed.TrySetResult();

        void OnAvailability(object? sender, NetworkAvailabilityEventArgs change)
        {
            if (change.IsAvailable)
                changed.TrySetResult();
        }
    }
}
