namespace Fleet.Agent.Identity;

/// <summary>This host could not be enrolled. The message is for the operator: what went wrong and how to fix it.</summary>
internal sealed class EnrollmentException(string message) : Exception(message);
