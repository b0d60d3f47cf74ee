namespace Fleet.Controller.Identity;

/// <summary>The trust roots cannot be used. The message names the file and a hint.</summary>
internal sealed class TrustException(string message, Exception? inner = null) : Exception(message, inner);
