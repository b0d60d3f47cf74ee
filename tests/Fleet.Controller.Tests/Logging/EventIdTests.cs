using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Fleet.Controller.Tests.Logging;

/// <summary>Every line of the log can be found by its id: one range per project, no id twice.</summary>
public sealed class EventIdTests
{
    [Theory]
    [InlineData(typeof(Grpc.Core.ServerCallContext), 1000, 1999)]
    [InlineData(typeof(Storage.IFleetStore), 2000, 2999)]
    [InlineData(typeof(Controller.Hosting.ControllerOptions), 3000, 4999)]
    public void Ids_are_unique_and_in_the_range_of_their_project(Type inside, int first, int last)
    {
        var ids = inside.Assembly.GetTypes()
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
