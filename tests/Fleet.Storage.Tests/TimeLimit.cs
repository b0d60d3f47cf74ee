namespace Fleet.Storage.Tests;

/// <summary>A time limit on every await: a test fails rather than hangs.</summary>
internal static class TimeLimit
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task InTime(this Task task) => task.WaitAsync(Limit);

    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Limit);
}
