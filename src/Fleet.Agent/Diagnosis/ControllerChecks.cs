using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Fleet.Agent.Identity;
using Fleet.Protocol.Calls;
using Fleet.Protocol.Identity;
using Fleet.Protocol.V1;
using Grpc.Core;

namespace Fleet.Agent.Diagnosis;

/// <summary>
/// The way to the controller, step by step: its name, its port, the two clocks, its certificate, our certificate. Where there is a proxy, name and
/// port are the proxy's, and the next step is whether it leads on: the controller's name is for the proxy to resolve.
/// </summary>
internal sealed class ControllerChecks(ControllerAddress controller, ProxyAddress? proxy, IdentityStore identities, TimeProvider time)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private string Host => proxy?.Host ?? controller.Host;

    private int Port => proxy?.Port ?? controller.Port;

    private const string ProxyCheck = "proxy";

    /// <summary>By how much this host's clock is ahead of the controller's; null until the controller has said what time it is.</summary>
    public TimeSpan? Ahead { get; private set; }

    /// <summary>Checks until a step fails; those behind it would say nothing new.</summary>
    public async IAsyncEnumerable<Finding> RunAsync()
    {
        var (addresses, name) = await ResolveAsync();
        yield return name;
        if (addresses.Count == 0)
            yield break;
        var reach = await ConnectAsync(addresses);
        yield return reach;
        if (reach.Grade == Grade.Bad)
            yield break;
        await foreach (var finding in TalkAsync())
            yield return finding;
    }

    private async Task<(IReadOnlyList<IPAddress> Addresses, Finding Finding)> ResolveAsync()
    {
        if (IPAddress.TryParse(Host, out var address))
            return ([address], Finding.Good("name", $"{Described()} is an address"));
        try
        {
            using var limit = new CancellationTokenSource(s_limit, time);
            var found = await Dns.GetHostAddressesAsync(Host, limit.Token);
            return (found, found.Length > 0
                ? Finding.Good("name", $"{Described()} is {string.Join(", ", found.Select(a => a.ToString()))}")
                : Bad("it has no address"));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return ([], Bad(e is SocketException ? e.Message : $"no answer within {s_limit.TotalSeconds:0} s"));
        }

        Finding Bad(string why) => Finding.Bad(
            "name",
            $"{Described()} cannot be resolved: {why}",
            $"look at /etc/resolv.conf and /etc/hosts, or set \"{(proxy is null ? "controller" : "proxy")}\" in /etc/fleet/agent.json to an address that can");

        string Described() => proxy is null ? Host : $"the proxy {Host}";
    }

    private async Task<Finding> ConnectAsync(IReadOnlyList<IPAddress> addresses)
    {
        var why = "";
        foreach (var address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            var started = time.GetTimestamp();
            try
            {
                using var limit = new CancellationTokenSource(s_limit, time);
                await socket.ConnectAsync(new IPEndPoint(address, Port), limit.Token);
                return Finding.Good("port", $"{address} answers on port {Port} after {time.GetElapsedTime(started).TotalMilliseconds:0} ms");
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                why += $"{(why.Length > 0 ? "; " : "")}{address}: {(e is SocketException ? e.Message : $"no answer within {s_limit.TotalSeconds:0} s")}";
            }
        }

        return proxy is not null
            ? Finding.Bad("port", $"port {Port} of the proxy cannot be reached: {why}", $"does a proxy run there, and does a firewall in between let this port through? \"proxy\" in {AgentSettings.Table.DefaultFile} names another")
            : Finding.Bad("port", $"port {Port} cannot be reached: {why}", "is the controller running (systemctl status fleet-controller there), and does a firewall in between let this port through?");
    }

    private async IAsyncEnumerable<Finding> TalkAsync()
    {
        using var root = identities.LoadRoot();
        // A clock that is wrong makes good certificates look bad: it is looked at first.
        var trust = new PinnedTrust(root) { IgnoresTime = true };
        var tls = await GreetAsync(trust);
        if (proxy is not null && tls.Check != ProxyCheck)
            yield return Finding.Good(ProxyCheck, $"{proxy} leads to {controller}");
        if (Ahead is { } ahead)
            yield return Judge(ahead);
        yield return tls;
        if (tls.Grade == Grade.Bad)
            yield break;
        using var identity = identities.Load();
        using var handler = LinkHandler.Pinned(new PinnedTrust(root), identity, proxy);
        yield return await IntroduceAsync(handler);
    }

    private async Task<Finding> GreetAsync(PinnedTrust trust)
    {
        using var handler = LinkHandler.Pinned(trust, identity: null, proxy);
        // The handler knows what it waited for: it is to be the first to give up.
        handler.ConnectTimeout = s_limit;
        using var client = new HttpClient(ProxyFailures.Around(handler), disposeHandler: false) { Timeout = s_limit + s_limit };
        using var request = new HttpRequestMessage(HttpMethod.Head, controller.ToUri()) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        try
        {
            using var answer = await client.SendAsync(request);
            Ahead = time.GetUtcNow() - answer.Headers.Date;
            var server = $"the server is the controller of this fleet (root {Convert.ToHexStringLower(trust.Fingerprint)[..16]}...)";
            return trust.Validity is { } validity && (validity.From > time.GetUtcNow() || validity.Until < time.GetUtcNow())
                ? Finding.Bad(
                    "TLS",
                    $"{server}, but its certificate, valid from {LinkDiary.Stamp(validity.From)} until {LinkDiary.Stamp(validity.Until)}, is not valid by this host's clock, which says {LinkDiary.Stamp(time.GetUtcNow())}",
                    Ahead?.Duration() > Clock.Noticeable ? "set this host's clock: timedatectl set-ntp true" : "look at the controller's log, which says why its certificate was not renewed: journalctl -u fleet-controller")
                : Finding.Good("TLS", server);
        }
        catch (ProxyException e)
        {
            return Finding.Bad(ProxyCheck, e.Message, e.Hint);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or CryptographicException)
        {
            return trust.LastRefusal is { } refusal
                ? Finding.Bad("TLS", $"the server is not trusted: {refusal}", "does \"controller\" name another fleet's controller? Was the controller set up again (then enroll this host again), or does something in between end TLS?")
                : Finding.Bad("TLS", $"TLS handshake failed: {e.Message}", "check that a Fleet controller listens there and that nothing in between intercepts TLS 1.3");
        }
    }

    private static Finding Judge(TimeSpan ahead)
    {
        // The answer tells whole seconds.
        var said = $"this host's clock is {Clock.Describe(ahead)}, to a second";
        const string hint = "let both set their clocks by NTP: timedatectl set-ntp true";
        // Certificates that do not hold because of it are findings of their own.
        return ahead.Duration() > Clock.Noticeable ? Finding.Doubtful("clock", said, hint) : Finding.Good("clock", said);
    }

    /// <summary>Asks for an artifact that nobody has: who gets that far is known and accepted, and no link is disturbed.</summary>
    private async Task<Finding> IntroduceAsync(SocketsHttpHandler handler)
    {
        using var channel = LinkChannel.Open(controller.ToUri(), handler, ownsHandler: false);
        using var call = new Artifacts.ArtifactsClient(channel).FetchArtifact(new FetchArtifactRequest(), deadline: (time.GetUtcNow() + s_limit).UtcDateTime);
        try
        {
            await call.ResponseStream.MoveNext(CancellationToken.None);
            return Finding.Good("acceptance", "the controller accepts this host's certificate");
        }
        catch (RpcException e)
        {
            return e.StatusCode switch
            {
                StatusCode.NotFound or StatusCode.Unimplemented or StatusCode.FailedPrecondition => Finding.Good("acceptance", "the controller accepts this host's certificate"),
                StatusCode.Unauthenticated when e.Trailers.GetValue(IdentityRefusal.Trailer) == IdentityRefusal.Unknown => Finding.Bad(
                    "acceptance", $"the controller does not know this host: {e.Reason()}", "restore the controller's store, then the agent reconnects; if there is no backup, enroll this host again: fleet-agent enroll --force --controller HOST --token TOKEN"),
                StatusCode.Unauthenticated when e.Trailers.GetValue(IdentityRefusal.Trailer) == IdentityRefusal.NotYetValid => Finding.Bad(
                    "acceptance", $"the controller does not accept this host's certificate: {e.Reason()}", "set the clocks of both: timedatectl set-ntp true"),
                StatusCode.Unauthenticated or StatusCode.PermissionDenied => Finding.Bad(
                    "acceptance", $"the controller does not accept this host's certificate: {e.Reason()}", "enroll this host again: fleet-agent enroll --force --controller HOST --token TOKEN"),
                _ => Finding.Bad("acceptance", $"the controller does not answer: {e.Reason()}", "look at the controller's log: journalctl -u fleet-controller"),
            };
        }
    }
}
