using System.Reflection;

namespace Fleet.Controller.Link;

/// <summary>The version of this controller, as its assembly has it.</summary>
internal static class ControllerVersion
{
    /// <summary>For instance 0.1.0.</summary>
    public static string Text { get; } = Read();

    private static string Read()
    {
        var text = typeof(ControllerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? text : text[..plus];
    }
}
