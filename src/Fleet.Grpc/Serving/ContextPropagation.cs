namespace Grpc.Core;

/// <summary>What a call made on behalf of another inherits. Nothing is inherited by default.</summary>
public class ContextPropagationOptions
{
    /// <summary>Says what is inherited.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is inherited.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether cancellation is inherited.</summary>
    public bool IsPropagateCancellation { get; }
}

/// <summary>Carries what is inherited. Neither this library nor Kestrel's supports it; the type is there for signatures.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
