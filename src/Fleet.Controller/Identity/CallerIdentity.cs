using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>Who is at the other end of a connection, after everything that could be checked has been.</summary>
internal abstract record CallerIdentity
{
    private CallerIdentity()
    {
    }

    /// <summary>Fires when the identity is revoked, removed or replaced while the connection lives. Whoever serves a stream must end it then.</summary>
    public CancellationToken Revoked { get; init; }

    /// <summary>As it stands in log lines and audit records.</summary>
    public abstract override string ToString();

    /// <summary>Nobody that the fleet knows. Reaches the enrollment only.</summary>
    /// <param name="Reason">Why: no certificate, or what is wrong with the one shown. Fit for the caller's eyes.</param>
    public sealed record Anonymous(string Reason) : CallerIdentity
    {
        /// <summary>What the caller's program is told besides (<see cref="Protocol.Identity.IdentityRefusal"/>); null where nothing.</summary>
        public string? Refusal { get; init; }

        /// <inheritdoc/>
        public override string ToString() => "an anonymous caller";
    }

    /// <summary>An enrolled agent.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Name">Its name.</param>
    public sealed record Agent(string Id, string Name) : CallerIdentity
    {
        /// <inheritdoc/>
        public override string ToString() => $"agent {Name} ({Id})";
    }

    /// <summary>An operator who may come in.</summary>
    /// <param name="Id">The operator's id.</param>
    /// <param name="Name">The name.</param>
    /// <param name="Role">What they may do.</param>
    public sealed record Operator(string Id, string Name, OperatorRole Role) : CallerIdentity
    {
        /// <inheritdoc/>
        public override string ToString() => $"operator {Name} ({Id})";
    }
}
