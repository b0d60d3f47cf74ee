using System.Net;
using Fleet.Controller.Admission;

namespace Fleet.Controller.Tests.Admission;

/// <summary>Sources for tests.</summary>
internal static class Somewhere
{
    /// <summary>The n-th of many.</summary>
    public static PeerSource At(int n) => PeerSource.Of(new IPAddress([10, 0, (byte)(n >> 8), (byte)n]));
}
