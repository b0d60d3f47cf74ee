using System.Security.Cryptography;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.V1;
using Google.Protobuf;

namespace Fleet.Agent.Tasks;

/// <summary>Turns an order from the wire into a <see cref="TaskOrder"/>, or says why it cannot be one.</summary>
internal sealed class TaskOrderReader(TaskPolicy policy)
{
    private static readonly MessageParser<TaskSpec> s_knownFieldsOnly = TaskSpec.Parser.WithDiscardUnknownFields(true);

    /// <summary>Reads an order; null with a sentence for people where it cannot be taken.</summary>
    public TaskOrder? Read(TaskId id, StartTask start, out string fault)
    {
        fault = OrderFault(start);
        if (fault.Length > 0)
            return null;

        TaskSpec spec;
        try
        {
            spec = TaskSpec.Parser.ParseFrom(start.Spec);
            // A field that this version does not know may forbid something: leaving it out would not be the same task.
            if (spec.CalculateSize() != s_knownFieldsOnly.ParseFrom(start.Spec).CalculateSize())
                fault = "the specification asks for something that this version of the agent does not know: update the agent";
        }
        catch (InvalidProtocolBufferException)
        {
            fault = "the specification cannot be read";
            return null;
        }

        var request = fault.Length > 0 ? null : SpecReader.Read(id, spec, policy, out fault);
        if (request is null)
            return null;
        var output = request.Output with { StreamBytes = (long)Math.Min(start.StreamBytes, Limits.StreamedOutputBytes) };
        return new TaskOrder(id, request with { Output = output }, TimeSpan.FromMilliseconds(start.StartTimeoutMs));
    }

    private static string OrderFault(StartTask start)
    {
        if (start.Spec.Length > Limits.SpecBytes)
            return $"the specification has {start.Spec.Length} bytes; {Limits.SpecBytes} are allowed";
        if (start.SpecSha256.Length != SHA256.HashSizeInBytes)
            return "the specification's digest is not a SHA-256";
        if (!SHA256.HashData(start.Spec.Span).AsSpan().SequenceEqual(start.SpecSha256.Span))
            return "the specification does not match its digest: it was changed or damaged on the way";
        return start.StartTimeoutMs < 0 || start.StartTimeoutMs > (long)Limits.DeliveryTimeout.TotalMilliseconds
            ? $"start_timeout_ms: {start.StartTimeoutMs} given, 0 to {(long)Limits.DeliveryTimeout.TotalMilliseconds} allowed"
            : "";
    }
}
