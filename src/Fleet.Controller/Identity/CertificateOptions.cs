namespace Fleet.Controller.Identity;

/// <summary>How long certificates live. Each is renewed at two thirds of its lifetime. Bounds and meaning are in <see cref="Hosting.ControllerSettings"/>.</summary>
internal sealed record CertificateOptions
{
    /// <summary>Of agents.</summary>
    public TimeSpan AgentLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Of operators.</summary>
    public TimeSpan OperatorLifetime { get; init; } = TimeSpan.FromDays(365);

    /// <summary>Of the controller's own.</summary>
    public TimeSpan ControllerLifetime { get; init; } = TimeSpan.FromDays(90);
}
