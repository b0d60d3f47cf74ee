using System.Net;
using System.Threading.Channels;
using Google.Protobuf;

namespace Fleet.Security.Client;

/// <summary>A call in both directions that stays open: what is written goes out at once.</summary>
internal sealed class ForeignStream : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);
    private readonly Outgoing _outgoing;
    private readonly HttpRequestMessage _request;
    private readonly HttpResponseMessage _response;
    private readonly Stream _incoming;

    private ForeignStream(Outgoing outgoing, HttpRequestMessage request, HttpResponseMessage response, Stream incoming)
    {
        _outgoing = outgoing;
        _request = request;
        _response = response;
        _incoming = incoming;
    }

    /// <summary>Opens a call whose first message goes out with it.</summary>
    public static async Task<ForeignStream> OpenAsync(ForeignClient client, string method, IMessage first)
    {
        var outgoing = new Outgoing();
        outgoing.Write(Frames.Of(first));
        var request = ForeignClient.Request(method, outgoing);
        var response = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new ForeignStream(outgoing, request, response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Sends a message.</summary>
    public void Write(IMessage message) => _outgoing.Write(Frames.Of(message));

    /// <summary>Sends a message as soon as there is room for it.</summary>
    public ValueTask WriteAsync(IMessage message) => _outgoing.WriteAsync(Frames.Of(message));

    /// <summary>Sends bytes that need be no message.</summary>
    public void WriteRaw(byte[] bytes) => _outgoing.Write(bytes);

    /// <summary>The next message that is of interest; fails where the call ends before.</summary>
    public async Task<T> ReadAsync<T>(MessageParser<T> parser, Func<T, bool> isWanted)
        where T : IMessage<T>
    {
        using var limit = new CancellationTokenSource(s_limit);
        while (await Frames.ReadAsync(_incoming, limit.Token) is { } bytes)
        {
            if (parser.ParseFrom(bytes) is var message && isWanted(message))
                return message;
        }

        throw new InvalidOperationException($"the call ended instead: {ForeignClient.EndOf(_response)}");
    }

    /// <summary>Reads until the other side ends the call, and says how.</summary>
    public async Task<Answer> EndAsync()
    {
        using var limit = new CancellationTokenSource(s_limit);
        var messages = new List<byte[]>();
        try
        {
            while (await Frames.ReadAsync(_incoming, limit.Token) is { } message)
                messages.Add(message);
        }
        catch (HttpRequestException e) when (!limit.IsCancellationRequested)
        {
            return new Answer((int)_response.StatusCode, null, e.Message, messages);
        }
        catch (IOException e) when (!limit.IsCancellationRequested)
        {
            return new Answer((int)_response.StatusCode, null, e.Message, messages);
        }

        var (status, detail) = ForeignClient.EndOf(_response);
        return new Answer((int)_response.StatusCode, status, detail, messages);
    }

    public async ValueTask DisposeAsync()
    {
        _outgoing.Complete();
        await _incoming.DisposeAsync();
        _response.Dispose();
        _request.Dispose();
    }

    private sealed class Outgoing : HttpContent
    {
        private readonly Channel<byte[]> _frames = Channel.CreateBounded<byte[]>(10_000);

        public void Write(byte[] frame)
        {
            if (!_frames.Writer.TryWrite(frame))
                throw new InvalidOperationException("too much was written at once");
        }

        public ValueTask WriteAsync(byte[] frame) => _frames.Writer.WriteAsync(frame);

        public void Complete() => _frames.Writer.TryComplete();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            try
            {
                await foreach (var frame in _frames.Reader.ReadAllAsync())
                {
                    await stream.WriteAsync(frame);
                    await stream.FlushAsync();
                }
            }
            finally
            {
                // Whoever still writes would wait for room for ever.
                Complete();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
