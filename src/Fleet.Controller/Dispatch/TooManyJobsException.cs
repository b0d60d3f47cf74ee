namespace Fleet.Controller.Dispatch;

/// <summary>A job is refused because too many are open.</summary>
internal sealed class TooManyJobsException(int limit)
    : Exception($"{limit} jobs are open already; wait for some to end, or cancel them");
