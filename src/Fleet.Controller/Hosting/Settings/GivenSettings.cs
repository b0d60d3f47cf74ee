namespace Fleet.Controller.Hosting.Settings;

/// <summary>The settings, with what they were made of.</summary>
/// <param name="Options">The settings.</param>
/// <param name="Texts">What was given, by the setting's key; what is not there is at its default.</param>
internal sealed record GivenSettings(ControllerOptions Options, IReadOnlyDictionary<string, string> Texts);
