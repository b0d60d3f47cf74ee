namespace Fleet.Controller.Jobs;

/// <summary>
/// The newest requests that made jobs. The store knows all of them and decides; this only finds the job of a repeated request whose
/// target would by now be refused.
/// </summary>
internal sealed class RecentRequests
{
    private const int MostRequests = 4096;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string OperatorId, string RequestId), string> _jobs = [];
    private readonly Queue<(string OperatorId, string RequestId)> _order = new();

    /// <summary>A request made a job; the oldest one gives way.</summary>
    public void Remember(string operatorId, string requestId, string jobId)
    {
        lock (_lock)
        {
            if (!_jobs.TryAdd((operatorId, requestId), jobId))
                return;
            _order.Enqueue((operatorId, requestId));
            if (_order.Count > MostRequests)
                _jobs.Remove(_order.Dequeue());
        }
    }

    /// <summary>The job that a request made; null if it made none lately.</summary>
    public string? Find(string operatorId, string requestId)
    {
        lock (_lock)
            return _jobs.GetValueOrDefault((operatorId, requestId));
    }
}
