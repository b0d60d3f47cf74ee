using System.Collections;
using System.Reflection;
using LiteDB.Engine;

namespace Fleet.Storage.LiteDb;

/// <summary>
/// Closes LiteDB's engine. Transactions that it leaves in the midst of something when it closes itself are disposed by their finalizers, which
/// throw over pages that are not as they should be, and so end the process: their finalizers are taken away.
/// </summary>
internal static class EngineEnd
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    /// <summary>The engine's open transactions; there are none where this version of LiteDB has none by these names.</summary>
    public static IReadOnlyCollection<object> Transactions(LiteEngine engine)
    {
        if (typeof(LiteEngine).GetField("_monitor", Private)?.GetValue(engine) is not { } monitor)
            return [];
        if (monitor.GetType().GetField("_transactions", Private)?.GetValue(monitor) is not IDictionary transactions)
            return [];
        lock (transactions)
            return [.. transactions.Values.Cast<object>()];
    }

    public static void Dispose(LiteEngine engine)
    {
        foreach (var transaction in Transactions(engine))
        {
#pragma warning disable CA1816 // LiteDB's own call of this is not reached when the disposal of a transaction throws.
            GC.SuppressFinalize(transaction);
#pragma warning restore CA1816
        }

        engine.Dispose();
    }
}
