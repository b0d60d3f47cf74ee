using System.Net;
using Fleet.Controller.Admission;

namespace Fleet.Controller.Enrollment;

/// <summary>
/// Tells who tries tokens that do not exist. Only wrong ones count and only wrong ones are refused for it, so hosts behind one address can enroll
/// whatever one of them does: a token's secret has 256 bits, and is not found by trying.
/// </summary>
internal sealed class GuessLimiter(TimeProvider time)
{
    /// <summary>Wrong tokens from one address before it has to wait.</summary>
    public const int Allowance = 10;

    /// <summary>Addresses remembered; beyond, the one longest quiet is forgotten.</summary>
    public const int MostAddresses = 4096;

    /// <summary>How long it takes until one wrong token is forgotten.</summary>
    public static readonly TimeSpan Forgiveness = TimeSpan.FromSeconds(6);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerSource, Record> _records = [];

    /// <summary>How long the address must wait until a wrong token of its is counted as the first again; null if it need not.</summary>
    public TimeSpan? WaitFor(IPAddress? address)
    {
        lock (_gate)
        {
            if (!_records.TryGetValue(PeerSource.Of(address), out var record))
                return null;
            var level = LevelNow_NeedsLock(record);
            return level < Allowance ? null : (level - Allowance + 1) * Forgiveness;
        }
    }

    /// <summary>A wrong token came from the address.</summary>
    public void Count(IPAddress? address)
    {
        lock (_gate)
        {
            var group = PeerSource.Of(address);
            var level = _records.TryGetValue(group, out var record) ? LevelNow_NeedsLock(record) : 0;
            if (record is null && _records.Count >= MostAddresses)
                _records.Remove(_records.MinBy(pair => pair.Value.At).Key);
            _records[group] = new Record(level + 1, time.GetTimestamp());
        }
    }

    private double LevelNow_NeedsLock(Record record) => Math.Max(0, record.Level - (time.GetElapsedTime(record.At) / Forgiveness));

    private sealed record Record(double Level, long At);
}
