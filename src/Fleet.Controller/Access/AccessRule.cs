using Fleet.Controller.Identity;
using Fleet.Storage;

namespace Fleet.Controller.Access;

/// <summary>What one method asks of its caller.</summary>
/// <param name="Level">Who may call it.</param>
/// <param name="IsAudited">Whether each call leaves a line in the log: it changes something.</param>
internal sealed record AccessRule(AccessLevel Level, bool IsAudited = false)
{
    /// <summary>Whether the caller may.</summary>
    public bool Admits(CallerIdentity caller) => caller switch
    {
        _ when Level == AccessLevel.Anyone => true,
        CallerIdentity.Agent => Level == AccessLevel.Agent,
        CallerIdentity.Operator person => Level switch
        {
            AccessLevel.Viewer => true,
            AccessLevel.Operator => person.Role >= OperatorRole.Operator,
            AccessLevel.Admin => person.Role >= OperatorRole.Admin,
            _ => false,
        },
        _ => false,
    };

    /// <summary>What is asked for, in words.</summary>
    public string Describe() => Level switch
    {
        AccessLevel.Agent => "an agent's certificate",
        AccessLevel.Viewer => "an operator's certificate",
        AccessLevel.Operator => "the role operator or admin",
        AccessLevel.Admin => "the role admin",
        _ => "nothing",
    };
}
