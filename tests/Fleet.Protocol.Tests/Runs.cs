using FsCheck;
using Microsoft.FSharp.Core;

namespace Fleet.Protocol.Tests;

/// <summary>How often a property is tried.</summary>
/// <remarks>
/// With a fixed seed, so that a build fails for its change and not by chance. To look for more, set FLEET_PROPERTY_FACTOR to a number:
/// that many times the runs, with new seeds.
/// </remarks>
internal static class Runs
{
    private const ulong Seed = 20_261_121;

    public static Config Of(int count)
    {
        var config = Config.QuickThrowOnFailure;
        if (int.TryParse(Environment.GetEnvironmentVariable("FLEET_PROPERTY_FACTOR"), out var factor))
            return config.WithMaxTest(count * factor);
        return config.WithMaxTest(count).WithReplay(new Replay(new Rnd(Seed), FSharpOption<int>.None));
    }
}
