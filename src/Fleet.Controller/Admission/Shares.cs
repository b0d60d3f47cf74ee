namespace Fleet.Controller.Admission;

/// <summary>How many may do something at once, in all and each: whoever finds no share is refused, nobody waits.</summary>
/// <param name="total">For all together; asked each time.</param>
/// <param name="each">For each holder; asked each time.</param>
internal sealed class Shares<TKey>(Func<int> total, Func<int> each)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, int> _held = [];
    private int _all;

    /// <summary>Shares that are taken.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
                return _all;
        }
    }

    /// <summary>Takes a share until the result is disposed; null where there is none.</summary>
    public IDisposable? TryTake(TKey holder)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(holder);
            if (_all >= total() || held >= each())
                return null;
            _held[holder] = held + 1;
            _all++;
        }

        return new Share(this, holder);
    }

    private void Return(TKey holder)
    {
        lock (_lock)
        {
            _all--;
            if (--_held[holder] == 0)
                _held.Remove(holder);
        }
    }

    private sealed class Share(Shares<TKey> shares, TKey holder) : IDisposable
    {
        private Shares<TKey>? _shares = shares;

        public void Dispose() => Interlocked.Exchange(ref _shares, null)?.Return(holder);
    }
}
