using System.Globalization;
using Grpc.Core;

namespace Fleet.Controller.Hits;

/// <summary>A place in the order of arrival as operators hold it: <c>h1-</c> and the position.</summary>
internal static class HitCursor
{
    // Should places ever be told otherwise, old ones are known by this.
    private const string Form = "h1-";

    public static string Of(long seq) => Form + seq.ToString(CultureInfo.InvariantCulture);

    /// <summary>The position.</summary>
    /// <exception cref="RpcException">It is none.</exception>
    public static long Read(string cursor) =>
        cursor.StartsWith(Form, StringComparison.Ordinal)
        && long.TryParse(cursor.AsSpan(Form.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw new RpcException(new Status(StatusCode.InvalidArgument, "after_cursor is none that this controller gave"));
}
