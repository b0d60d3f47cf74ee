namespace Fleet.Benchmarks.Figures;

/// <summary>Says on standard error how far a measurement is.</summary>
internal static class Progress
{
    private static readonly long Start = TimeProvider.System.GetTimestamp();

    /// <summary>Says it.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"[{TimeProvider.System.GetElapsedTime(Start).TotalSeconds,5:0.0} s] {text}");
}
