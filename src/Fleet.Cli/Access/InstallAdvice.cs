using System.Net;
using Fleet.Cli.Output;
using Fleet.Protocol;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;

namespace Fleet.Cli.Access;

/// <summary>Prints the line that makes a host an agent: alone on standard output, what is to be known about it beside that.</summary>
internal static class InstallAdvice
{
    /// <summary>Which agents a line installs, and where.</summary>
    public static string Agents(Installation place)
    {
        var agents = place.Agents.Count == 0 ? [new InstallationAgent { Architecture = Architectures.X86, Version = place.AgentVersion }] : place.Agents;
        return string.Join(" and ", agents.GroupBy(agent => agent.Version).Select(same => $"{same.Key} on Linux hosts ({string.Join(", ", same.Select(agent => agent.Architecture))}, systemd)"));
    }

    /// <summary>Prints it.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="usual">The address that the operator uses; for hosts too, where the controller was told no other.</param>
    /// <param name="proxy">The proxy that hosts go through; null for none.</param>
    /// <param name="reply">A token that was asked for with its installation.</param>
    /// <exception cref="CommandFailure">The controller is too old to install agents, or says an address that is none.</exception>
    public static async Task WriteAsync(Screen screen, string usual, ProxyAddress? proxy, CreateTokenReply reply)
    {
        if (reply.Installation is not { } place)
            throw CommandFailure.Controller("the controller is too old to install agents", "upgrade it, or enroll with the token alone");
        if (!ControllerAddress.TryParse(place.Address.Length > 0 ? place.Address : usual, out var address, out var error))
            throw CommandFailure.Controller(error, "set advertise on the controller");
        await screen.Writer.WriteLineAsync(InstallLine.Create(address, place.KeySha256.Span, reply.Secret, proxy));
        await screen.Writer.FlushAsync();
        screen.Note($"{reply.Token.Id}: valid for {reply.Token.MaxUses} host(s) until {TimeText.Local(reply.Token.ExpiresMs)}; installs agent {Agents(place)}");
        screen.Note("hosts need curl; on a host without sudo, run the line as root without `sudo`");
        if (address.Host == "localhost" || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip)))
            screen.Note($"{address} is a loopback address, agents cannot reach it: set advertise on the controller to an address that hosts can reach");
    }
}
