using Fleet.Storage;

namespace Fleet.Controller.Notifications;

/// <summary>Puts the messages that wait for a channel in order: the most severe first, and of a storm many in one.</summary>
internal static class DeliveryPlan
{
    /// <summary>At most so many in one: a receiver must be able to take it, and a crash can double no more.</summary>
    public const int MostInOne = 1000;

    /// <summary>Groups of keys, each one message to send.</summary>
    /// <param name="due">What waits, in the order in which it would be sent one by one.</param>
    /// <param name="foldFrom">From so many messages of one scan, pattern and status on they are sent as one; null: never.</param>
    public static Queue<long[]> Make(IReadOnlyList<WaitingDelivery> due, int? foldFrom)
    {
        var groups = due.ToLookup(delivery => (delivery.Scan, delivery.Pattern, delivery.Status), delivery => delivery.Key);
        var plan = new Queue<long[]>();
        var planned = new HashSet<(string, string, string)>();
        foreach (var delivery in due)
        {
            var kind = (delivery.Scan, delivery.Pattern, delivery.Status);
            var keys = groups[kind];
            if (!(keys.Count() >= foldFrom))
                plan.Enqueue([delivery.Key]);
            // A group leaves when its first one would have: that is its most severe.
            else if (planned.Add(kind))
                foreach (var part in keys.Chunk(MostInOne))
                    plan.Enqueue(part);
        }

        return plan;
    }
}
