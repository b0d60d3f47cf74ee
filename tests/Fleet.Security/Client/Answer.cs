namespace Fleet.Security.Client;

/// <summary>What a call came to.</summary>
/// <param name="Http">The HTTP status.</param>
/// <param name="Status">grpc-status; null where the call was still open when it was given up, or was no gRPC.</param>
/// <param name="Detail">grpc-message, decoded.</param>
/// <param name="Messages">The messages that came.</param>
internal sealed record Answer(int Http, int? Status, string Detail, IReadOnlyList<byte[]> Messages)
{
    public const int InvalidArgument = 3;
    public const int PermissionDenied = 7;
    public const int ResourceExhausted = 8;
    public const int FailedPrecondition = 9;
    public const int Unimplemented = 12;
    public const int Unauthenticated = 16;

    /// <summary>Whether the caller was let in, whatever the method then thought of its message.</summary>
    public bool IsAdmitted => Http == 200 && Status is not (PermissionDenied or Unauthenticated or Unimplemented);

    public override string ToString() => $"HTTP {Http}, status {Status?.ToString() ?? "open"}: {Detail}";
}
