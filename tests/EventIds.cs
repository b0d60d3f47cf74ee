using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Fleet.Tests;

/// <summary>Every line of the log can be found by its id: one range per project, no id twice.</summary>
internal static class EventIds
{
    /// <summary>Fails where an assembly has an id twice, or one outside its range.</summary>
    public static void ShouldBeUniqueAndWithin(Assembly assembly, int first, int last)
    {
        var ids = assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(message => message.EventId)
            .ToList();

        ids.ShouldNotBeEmpty();
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id >= first && id <= last);
    }
}
