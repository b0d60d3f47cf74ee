namespace Fleet.Controller.Identity;

/// <summary>How long certificates live. Each is renewed at two thirds of its life.</summary>
internal sealed class CertificateOptions
{
    /// <summary>Life of agents' certificates. The default is 90 days.</summary>
    public TimeSpan AgentLife { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Life of operators' certificates. The default is 365 days.</summary>
    public TimeSpan OperatorLife { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Life of the controller's own certificate. The default is 90 days.</summary>
    public TimeSpan ControllerLife { get; set; } = TimeSpan.FromDays(90);
}
