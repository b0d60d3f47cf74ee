using Fleet.Controller.Tests.Link;
using Fleet.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hits;

/// <summary>An operator who follows hits.</summary>
internal sealed class Following : IAsyncDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncServerStreamingCall<SearchHitsReply> _call;

    private Following(GrpcChannel channel, AsyncServerStreamingCall<SearchHitsReply> call) => (_channel, _call) = (channel, call);

    /// <summary>What came so far.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>Each place that was named, and how many had come then.</summary>
    public List<(string Cursor, int Seen)> Places { get; } = [];

    public static Following Start(TestController controller, SearchHitsRequest request)
    {
        var (channel, headers) = controller.AsOperator();
        return new Following(channel, new V1.Hits.HitsClient(channel).SearchHits(request, headers));
    }

    /// <summary>Reads until so many hits have come, and the first word in any case.</summary>
    public async Task ReadAsync(int hits)
    {
        while (Places.Count == 0 || Texts.Count < hits)
        {
            (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestController.Patience)).ShouldBeTrue();
            Texts.AddRange(_call.ResponseStream.Current.Hits.Select(hit => hit.Hit.Text.ToStringUtf8()));
            Places.Add((_call.ResponseStream.Current.Cursor, Texts.Count));
        }
    }

    public ValueTask DisposeAsync()
    {
        _call.Dispose();
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }
}
