namespace Fleet.Controller.Tests.Hosting;

/// <summary>How long any await in a test may take.</summary>
internal static class TimeLimit
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);
}
