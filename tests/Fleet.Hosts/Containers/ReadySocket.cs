using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fleet.Hosts.Containers;

/// <summary>Hears from systemd-nspawn who the host's first process is and when the host has come up (sd_notify(3)).</summary>
internal sealed class ReadySocket : IDisposable
{
    private const string LeaderKey = "X_NSPAWN_LEADER_PID=";
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _path;

    internal ReadySocket(string path)
    {
        _path = path;
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    /// <summary>Waits until the host is up; the number of its first process, as this machine sees it.</summary>
    internal async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        var leader = 0;
        var buffer = new byte[4096];
        while (true)
        {
            var length = await _socket.ReceiveAsync(buffer, cancellationToken);
            foreach (var line in Encoding.UTF8.GetString(buffer, 0, length).Split('\n'))
            {
                if (line.StartsWith(LeaderKey, StringComparison.Ordinal))
                    leader = int.Parse(line.AsSpan(LeaderKey.Length), NumberStyles.None, CultureInfo.InvariantCulture);
                else if (line == "READY=1" && leader != 0)
                    return leader;
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }
}
