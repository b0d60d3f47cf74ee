namespace Fleet.Storage;

/// <summary>Counters of a store since it was opened.</summary>
/// <param name="Operations">Write operations executed, failed ones included.</param>
/// <param name="Commits">Transactions committed; far fewer than operations under load, as they share commits.</param>
/// <param name="Queued">Write operations waiting at this moment.</param>
public readonly record struct StoreStatistics(long Operations, long Commits, int Queued);
