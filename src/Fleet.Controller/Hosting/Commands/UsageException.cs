namespace Fleet.Controller.Hosting.Commands;

/// <summary>A command was given something that it cannot use. The message names it and a hint.</summary>
internal sealed class UsageException(string message) : Exception(message);
