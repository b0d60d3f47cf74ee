using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Fleet.Agent.Tests.Logging;

/// <summary>Every line of the log can be found by its id: one range for the agent, no id twice.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void Ids_are_unique_and_in_the_range_of_their_project()
    {
        var ids = typeof(AgentHost).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(message => message.EventId)
            .ToList();

        ids.ShouldNotBeEmpty();
        ids.ShouldBeUnique();
        ids.ShouldAllBe(id => id >= 5000 && id <= 6999);
    }
}
