using System.Diagnostics.CodeAnalysis;

namespace Grpc.Core;

/// <summary>Says where the generated <c>BindService</c> of a service's base class is.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class BindServiceMethodAttribute : Attribute
{
    /// <summary>Names the static method.</summary>
    public BindServiceMethodAttribute(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods)] Type bindType, string bindMethodName)
    {
        BindType = bindType;
        BindMethodName = bindMethodName;
    }

    /// <summary>The class that holds the method.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods)]
    public Type BindType { get; }

    /// <summary>The method's name.</summary>
    public string BindMethodName { get; }
}
