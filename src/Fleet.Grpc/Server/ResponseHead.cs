using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Writes what a response says besides its messages.</summary>
internal static class ResponseHead
{
    /// <summary>Answers a call with a status and nothing else, in one frame.</summary>
    public static void WriteTrailersOnly(HttpResponse response, Status status)
    {
        response.ContentType = GrpcHeaders.ContentType;
        WriteStatus(response.Headers, status);
    }

    /// <summary>Writes the status among trailers, or among headers in a trailers-only reply.</summary>
    public static void WriteStatus(IHeaderDictionary target, Status status)
    {
        target[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (status.Detail.Length > 0)
            target[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
    }

    /// <summary>Writes the application's entries, and leaves out those whose names are the protocol's. Blanks around a
    /// value are no part of it (RFC 9110, 5.5).</summary>
    public static void WriteMetadata(IHeaderDictionary target, Metadata metadata)
    {
        foreach (var entry in metadata)
        {
            if (GrpcHeaders.IsReserved(entry.Key))
                continue;

            if (entry.IsBinary)
                target.Append(entry.Key, BinaryHeader.Encode(entry.RawBytes));
            else if (!entry.Value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                target.Append(entry.Key, entry.Value.Trim(' '));
            else
                throw new InvalidOperationException($"The value of '{entry.Key}' is not printable ASCII; use a name that ends in '-bin'.");
        }
    }
}
