using System.Net.Sockets;
using System.Text;
using Fleet.Protocol.Systemd;

namespace Fleet.Protocol.Tests.Systemd;

/// <summary>What systemd hears, on a real datagram socket.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fleet-notify-").FullName;
    private readonly Socket _systemd = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };

    public void Dispose()
    {
        _systemd.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ready_is_said_once_and_signs_of_life_go_on_while_it_lives(bool isAbstract)
    {
        var name = isAbstract ? $"@fleet-notify-{Guid.NewGuid():n}" : Path.Combine(_directory, "socket");
        _systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + name[1..] : name));
        var notifier = new ServiceNotifier(name, TimeSpan.FromMilliseconds(20), TimeProvider.System);

        notifier.Ready("linked");
        Heard().ShouldBe("READY=1\nSTATUS=linked");
        notifier.Ready("not linked");
        Heard().ShouldBe("STATUS=not linked");

        using var stop = new CancellationTokenSource();
        var watching = notifier.WatchAsync(() => true, stop.Token);
        Heard().ShouldBe("WATCHDOG=1");
        Heard().ShouldBe("WATCHDOG=1");
        await stop.CancelAsync();
        await watching.WaitAsync(TimeSpan.FromSeconds(10));

        while (_systemd.Available > 0)
            Heard();
        notifier.Stopping();
        Heard().ShouldStartWith("STOPPING=1");
    }

    [Fact]
    public void A_reload_is_told_with_its_time_once_the_service_is_ready()
    {
        var name = Path.Combine(_directory, "socket");
        _systemd.Bind(new UnixDomainSocketEndPoint(name));
        var notifier = new ServiceNotifier(name, null, TimeProvider.System);
        notifier.Reloading();
        notifier.Reloaded();
        _systemd.Available.ShouldBe(0);

        notifier.Ready("linked");
        Heard();
        notifier.Reloading();
        var lines = Heard().Split('\n');
        lines[0].ShouldBe("RELOADING=1");
        // Uptime of the host by its monotonic clock, as systemd compares it.
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        (double.Parse(lines[1]["MONOTONIC_USEC=".Length..], System.Globalization.CultureInfo.InvariantCulture) / 1e6).ShouldBeInRange(uptime - 60, uptime + 1);
        notifier.Reloaded();
        Heard().ShouldBe("READY=1");
    }

    [Fact]
    public async Task Without_systemd_nothing_is_said_and_nothing_fails()
    {
        var nobody = new ServiceNotifier(null, null, TimeProvider.System);
        nobody.Ready("linked");
        await nobody.WatchAsync(() => true, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        new ServiceNotifier(Path.Combine(_directory, "gone"), null, TimeProvider.System).Stopping();
    }

    private string Heard()
    {
        var bytes = new byte[256];
        return Encoding.UTF8.GetString(bytes, 0, _systemd.Receive(bytes));
    }
}
