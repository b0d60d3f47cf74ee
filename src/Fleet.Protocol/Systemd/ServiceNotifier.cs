using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fleet.Protocol.Systemd;

/// <summary>Tells systemd how a service fares, by the protocol of sd_notify(3). Without systemd it does nothing.</summary>
public sealed class ServiceNotifier
{
    private readonly string? _address;
    private readonly TimeProvider _time;
    private int _ready;

    /// <param name="address">The socket, a path or an abstract name with <c>@</c> before it; null: nobody listens.</param>
    /// <param name="watchdog">How often systemd wants a sign of life; null: it does not.</param>
    /// <param name="time">The clock.</param>
    public ServiceNotifier(string? address, TimeSpan? watchdog, TimeProvider time)
    {
        _address = string.IsNullOrEmpty(address) ? null : address;
        Watchdog = watchdog;
        _time = time;
    }

    /// <summary>How often systemd wants a sign of life; null: it does not.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>As systemd started this process. The variables are taken away, so that nothing this process starts speaks for it.</summary>
    public static ServiceNotifier OfProcess(TimeProvider time)
    {
        var address = Take("NOTIFY_SOCKET");
        var microseconds = Take("WATCHDOG_USEC");
        var process = Take("WATCHDOG_PID");
        var isMeant = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        TimeSpan? watchdog = isMeant && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? TimeSpan.FromMicroseconds(limit)
            : null;
        return new ServiceNotifier(address, watchdog, time);
    }

    /// <summary>The service is ready; said once.</summary>
    /// <param name="status">How it stands, one line for <c>systemctl status</c>.</param>
    public void Ready(string status) => Send(Interlocked.Exchange(ref _ready, 1) == 0 ? $"READY=1\nSTATUS={status}" : $"STATUS={status}");

    /// <summary>
    /// The service begins to read its settings again; nothing where it is not ready yet. The time is what Type=notify-reload
    /// wants, on the clock of CLOCK_MONOTONIC, which is the system's time provider's on Linux.
    /// </summary>
    public void Reloading()
    {
        if (Volatile.Read(ref _ready) != 0)
            Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={(long)(_time.GetTimestamp() / (_time.TimestampFrequency / 1e6))}"));
    }

    /// <summary>The reload is over, whatever came of it.</summary>
    public void Reloaded()
    {
        if (Volatile.Read(ref _ready) != 0)
            Send("READY=1");
    }

    /// <summary>The service is about to stop.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=Stopping");

    /// <summary>Gives signs of life, twice as often as is asked for, until the token is cancelled.</summary>
    /// <param name="isAlive">Asked each time: no sign is given where it says no.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WatchAsync(Func<bool> isAlive, CancellationToken cancellationToken)
    {
        if (_address is null || Watchdog is not { } limit)
            return;
        using var timer = new PeriodicTimer(limit / 2, _time);
        try
        {
            do
            {
                if (isAlive())
                    Send("WATCHDOG=1");
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private void Send(string message)
    {
        if (_address is null)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 };
            socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(_address[0] == '@' ? '\0' + _address[1..] : _address));
        }
        catch (SocketException)
        {
            // systemd does not listen: its own time limits say what comes of it.
        }
    }

    private static string? Take(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
