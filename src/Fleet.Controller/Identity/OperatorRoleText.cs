using Fleet.Storage;

namespace Fleet.Controller.Identity;

/// <summary>Operators' roles as they stand in messages and on command lines: viewer, operator, admin.</summary>
internal static class OperatorRoleText
{
    /// <summary>Writes a role.</summary>
    public static string Write(OperatorRole role) => role switch
    {
        OperatorRole.Viewer => "viewer",
        OperatorRole.Operator => "operator",
        _ => "admin",
    };

    /// <summary>Reads a role; null where the text is none.</summary>
    public static OperatorRole? Read(string text) => text switch
    {
        "viewer" => OperatorRole.Viewer,
        "operator" => OperatorRole.Operator,
        "admin" => OperatorRole.Admin,
        _ => null,
    };
}
