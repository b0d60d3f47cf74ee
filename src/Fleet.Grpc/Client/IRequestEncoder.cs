using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Turns requests into frames as their call demands. A seam for contents, which know no response type.</summary>
internal interface IRequestEncoder<in TRequest>
{
    OutgoingMessage CreateOutgoing();

    void Encode(TRequest message, OutgoingMessage target, WriteOptions? options);
}

/// <summary>A content that remembers why it could not be made, which the transport's exception may hide.</summary>
internal interface IFailingContent
{
    Exception? Failure { get; }
}
