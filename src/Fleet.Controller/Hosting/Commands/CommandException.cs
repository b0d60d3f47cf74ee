namespace Fleet.Controller.Hosting.Commands;

/// <summary>A command could not do what it was asked to. The message says why, and how to fix it.</summary>
internal sealed class CommandException(string message, Exception? inner = null) : Exception(message, inner);
