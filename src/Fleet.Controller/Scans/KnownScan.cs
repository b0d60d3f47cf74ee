using Fleet.Protocol.Targets;
using Fleet.Protocol.V1;
using Fleet.Storage;

namespace Fleet.Controller.Scans;

/// <summary>A scan as it stands, read once: what agents get of it, whom it is for, and its alert rule.</summary>
/// <param name="Record">What is stored.</param>
/// <param name="Definition">What was asked for.</param>
/// <param name="Target">Whom it is for.</param>
/// <param name="Order">What agents get.</param>
internal sealed record KnownScan(ScanRecord Record, ScanDefinition Definition, Target Target, ScanOrder Order)
{
    /// <summary>Reads a stored scan.</summary>
    public static KnownScan Read(ScanRecord record)
    {
        var definition = ScanDefinition.Parser.ParseFrom(record.Definition);
        var order = definition.Order.Clone();
        order.Name = record.Name;
        order.Revision = (ulong)record.Revision;
        order.Paused = record.Paused;
        var target = ReadTarget(definition.Target, out var fault) ?? throw new FormatException($"scan {record.Name}: {fault}");
        return new KnownScan(record, definition, target, order);
    }

    /// <summary>Reads a target; "all" stands for every agent. Null with the fault named where it is malformed.</summary>
    public static Target? ReadTarget(string text, out string fault)
    {
        fault = "";
        if (string.IsNullOrWhiteSpace(text))
            fault = "target is required; \"all\" means every agent";
        else if (Target.TryParse(text.Trim().Equals("all", StringComparison.OrdinalIgnoreCase) ? "*" : text, out var target, out var error))
            return target;
        else
            fault = $"target: {error}";
        return null;
    }
}

/// <summary>All scans and channels at one moment.</summary>
/// <param name="Scans">By name, in its order.</param>
/// <param name="Channels">By name.</param>
internal sealed record ScanSnapshot(IReadOnlyDictionary<string, KnownScan> Scans, IReadOnlyDictionary<string, NotificationChannel> Channels)
{
    /// <summary>None.</summary>
    public static ScanSnapshot Empty { get; } = Read(new ScanCatalog([], []));

    /// <summary>Reads what is stored.</summary>
    public static ScanSnapshot Read(ScanCatalog book) => new(
        new SortedDictionary<string, KnownScan>(book.Scans.ToDictionary(scan => scan.Name, KnownScan.Read), StringComparer.Ordinal),
        book.Channels.ToDictionary(
            channel => channel.Name, channel => NotificationChannel.Parser.ParseFrom(channel.Definition), StringComparer.Ordinal));
}
