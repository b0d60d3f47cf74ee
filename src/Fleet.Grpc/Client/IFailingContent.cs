namespace Grpc.Net.Client.Calls;

/// <summary>A content that remembers why it could not be made, which the transport's exception may hide.</summary>
internal interface IFailingContent
{
    Exception? Failure { get; }
}
