namespace Fleet.Grpc.Tests.Hosting;

/// <summary>How long tests wait before they call something hung.</summary>
internal static class Limits
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(20);
}
