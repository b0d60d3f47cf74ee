using Fleet.Controller.Hosting;
using Google.Protobuf;
using Grpc.Core;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Controller.Tests.Hosting;

public sealed class ResponseMessagesTests
{
    [Fact]
    public async Task Messages_that_are_to_leave_together_leave_at_64_KiB_all_the_same()
    {
        var written = new Written();
        var messages = new ResponseMessages<V1.ArtifactChunk>(written);
        var chunk = new V1.ArtifactChunk { Data = ByteString.CopyFrom(new byte[10_000]) };
        for (var i = 0; i < 20; i++)
        {
            messages.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
            await messages.WriteAsync(chunk);
        }

        messages.WriteOptions = null;
        await messages.WriteAsync(chunk, CancellationToken.None);

        // Seven of them are the first to have more.
        written.Flushed.ShouldBe([6, 13, 20]);
    }

    private sealed class Written : IServerStreamWriter<V1.ArtifactChunk>
    {
        private int _count;

        public List<int> Flushed { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(V1.ArtifactChunk message)
        {
            if (WriteOptions is null || (WriteOptions.Flags & WriteFlags.BufferHint) == 0)
                Flushed.Add(_count);
            _count++;
            return Task.CompletedTask;
        }

        public Task WriteAsync(V1.ArtifactChunk message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
