using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client.Calls;

/// <summary>Reads what a response says besides its messages.</summary>
internal static class ResponseHead
{
    /// <summary>Whether the head alone decides the call: a trailers-only reply, or no reply of a gRPC server.</summary>
    public static bool TryGetOutcome(HttpResponseMessage response, [NotNullWhen(true)] out CallOutcome? outcome)
    {
        var headers = response.Headers.NonValidated;
        var contentType = First(response.Content.Headers.NonValidated, "content-type");
        var hasStatus = headers.Contains(GrpcHeaders.Status);
        outcome = null;
        if (hasStatus && (response.StatusCode != HttpStatusCode.OK || GrpcHeaders.IsGrpcContentType(contentType)))
        {
            outcome = new CallOutcome(StatusOf(headers), MetadataOf(headers), IsLocal: false);

            // The server may not claim success without answering over HTTP.
            if (outcome.Status.StatusCode == StatusCode.OK && response.StatusCode != HttpStatusCode.OK)
                outcome = Foreign(StatusMapping.FromHttp(response.StatusCode), $"HTTP status {(int)response.StatusCode}.");
        }
        else if (response.StatusCode != HttpStatusCode.OK)
        {
            outcome = Foreign(StatusMapping.FromHttp(response.StatusCode), $"HTTP status {(int)response.StatusCode}.");
        }
        else if (!GrpcHeaders.IsGrpcContentType(contentType))
        {
            outcome = Foreign(StatusCode.Unknown, $"content type '{contentType ?? "none"}'.");
        }

        return outcome is not null;
    }

    public static Status StatusOf(HttpHeadersNonValidated headers)
    {
        if (First(headers, GrpcHeaders.Status) is not { } code)
            return new Status(StatusCode.Unknown, "The response ended without a grpc-status.");

        return new Status(StatusMapping.Parse(code), PercentEncoding.Decode(First(headers, GrpcHeaders.Message) ?? ""));
    }

    public static string? EncodingOf(HttpResponseMessage response) =>
        First(response.Headers.NonValidated, GrpcHeaders.Encoding);

    public static Metadata MetadataOf(HttpHeadersNonValidated headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers)
        {
            if (GrpcHeaders.IsReserved(name))
                continue;

            foreach (var value in values)
                BinaryHeader.AddReceived(metadata, name, value);
        }

        return metadata;
    }

    private static CallOutcome Foreign(StatusCode code, string answer) =>
        new(new Status(code, $"The server did not answer as a gRPC server: {answer}"), Metadata.Empty, IsLocal: false);

    private static string? First(HttpHeadersNonValidated headers, string name)
    {
        if (!headers.TryGetValues(name, out var values))
            return null;

        foreach (var value in values)
            return value;

        return null;
    }
}
