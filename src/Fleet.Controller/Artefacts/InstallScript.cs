using System.Diagnostics.CodeAnalysis;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Artefacts;

/// <summary>
/// Puts before the script what only the controller knows: its address, its key's pin, and which agent, with its digest. Host and
/// script got that far over a connection pinned to the key, so all of it can be relied on.
/// </summary>
internal static class InstallScript
{
    /// <summary>Composes the script.</summary>
    public static string Compose(ControllerAddress address, byte[] keyHash, AgentArtefact agent, string script) => $"""
        #!/bin/sh
        # Installs the agent of the fleet whose controller is {address}.
        FLEET_CONTROLLER='{address}'
        FLEET_PIN='{InstallLine.Pin(keyHash)}'
        FLEET_ARTEFACT='{agent.FileName}'
        FLEET_ARTEFACT_VERSION='{agent.Version}'
        FLEET_ARTEFACT_SHA256='{agent.Sha256}'

        """.ReplaceLineEndings("\n") + script;

    /// <summary>Reads the address that a host asked for by its Host header. It goes into a script: plain characters only.</summary>
    public static bool TryReadAddress(string? host, [NotNullWhen(true)] out ControllerAddress? address)
    {
        address = null;
        return host is { Length: > 0 and <= 260 }
            && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']')
            && ControllerAddress.TryParse(WithPort(host), out address, out _);
    }

    // A Host header leaves out the port of its scheme (RFC 9110, section 7.2); an address of Fleet's leaves out 7443.
    private static string WithPort(string host) => host.EndsWith(']') || !host.Contains(':') ? $"{host}:443" : host;
}
