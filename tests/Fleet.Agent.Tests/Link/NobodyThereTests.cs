using System.Net;
using System.Net.Sockets;
using Fleet.Agent.Link;

namespace Fleet.Agent.Tests.Link;

/// <summary>What an agent makes of a real port where nobody listens.</summary>
public sealed class NobodyThereTests : IDisposable
{
    private const int Tries = 40;
    // Doubled each time, a handful of tries would take longer than any test.
    private static readonly LinkOptions s_options = new() { BackOffBase = TimeSpan.FromMilliseconds(5), BackOffCap = TimeSpan.FromHours(1) };
    private readonly TemporaryDirectory _directory = new();
    private readonly Socket _port = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public NobodyThereTests() => _port.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose()
    {
        _port.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task It_is_tried_again_and_again_without_longer_pauses()
    {
        // Bound, so that nobody else gets the port, but not listening: the kernel refuses.
        var dialer = new CountingDialer(new PlainDialer(new Uri($"http://{_port.LocalEndPoint}")));
        await using var agent = new LinkedAgent(_directory.Path, dialer, options: s_options);
        await dialer.Reached.WaitAsync(ScriptedController.Patience);
    }

    [Fact]
    public async Task A_change_of_the_network_ends_a_long_pause()
    {
        // By the clock alone, a try an hour or so.
        var slow = new LinkOptions { BackOffBase = TimeSpan.FromHours(1), BackOffCap = TimeSpan.FromHours(1), SteadyFor = TimeSpan.Zero, NetworkSettles = TimeSpan.FromMilliseconds(1) };
        var dialer = new CountingDialer(new PlainDialer(new Uri($"http://{_port.LocalEndPoint}")));
        await using var agent = new LinkedAgent(_directory.Path, dialer, options: slow, networkChanged: stop => Task.Delay(5, stop));
        await dialer.Reached.WaitAsync(ScriptedController.Patience);
    }

    private sealed class CountingDialer(ILinkDialer inner) : ILinkDialer
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _dials;

        public Task Reached => _reached.Task;

        public LinkConnection Dial()
        {
            if (Interlocked.Increment(ref _dials) == Tries)
                _reached.TrySetResult();
            return inner.Dial();
        }

        public void NoteAccepted() => inner.NoteAccepted();

        public void NoteRefused() => inner.NoteRefused();
    }
}
