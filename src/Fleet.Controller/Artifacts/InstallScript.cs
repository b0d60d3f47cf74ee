using System.Diagnostics.CodeAnalysis;
using Fleet.Protocol;
using Fleet.Protocol.Identity;

namespace Fleet.Controller.Artifacts;

/// <summary>
/// Puts before the script what only the controller knows: its address, its key's pin, and which agents, with their digests. Host and
/// script got that far over a connection pinned to the key, so all of it can be relied on.
/// </summary>
internal static class InstallScript
{
    /// <summary>Composes the script.</summary>
    /// <remarks>
    /// The script takes the agent that fits the host's architecture out of FLEET_ARTIFACTS, a line for each. Scripts of earlier versions know
    /// the other three variables alone, and hosts of one architecture.
    /// </remarks>
    public static string Compose(ControllerAddress address, byte[] keyHash, IReadOnlyList<AgentArtifact> agents, string script) => $"""
        #!/bin/sh
        # Installs the agent of the fleet whose controller is {address}.
        FLEET_CONTROLLER='{address}'
        FLEET_PIN='{InstallLine.Pin(keyHash)}'
        FLEET_ARTIFACTS='{string.Join('\n', agents.Select(agent => $"{agent.Architecture} {agent.FileName} {agent.Version} {agent.Sha256}"))}'
        {string.Join('\n', agents.Where(agent => agent.Architecture == Architectures.X86).Select(Single))}

        """.ReplaceLineEndings("\n") + script;

    private static string Single(AgentArtifact agent) =>
        $"FLEET_ARTIFACT='{agent.FileName}'\nFLEET_ARTIFACT_VERSION='{agent.Version}'\nFLEET_ARTIFACT_SHA256='{agent.Sha256}'";

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
