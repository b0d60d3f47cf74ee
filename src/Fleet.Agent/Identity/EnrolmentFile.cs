using System.Text;
using System.Text.Json;
using Fleet.Agent.Settings;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Identity;

/// <summary>What is known of this agent's enrolment.</summary>
/// <param name="EnrolmentId">Made before the first try, so that a try whose answer was lost does not make a second agent.</param>
/// <param name="Controller">Where the agent enrols or has enrolled.</param>
/// <param name="AgentId">Given by the controller; null while there was no answer.</param>
/// <param name="Name">The agent's name; what it asks for while there was no answer.</param>
/// <param name="Machine">The machine that it was made for; empty where that is not known.</param>
/// <param name="Proxy">The proxy that it goes through to the controller; null for none.</param>
internal sealed record Enrolment(string EnrolmentId, ControllerAddress Controller, AgentId? AgentId, string Name, string Machine = "", ProxyAddress? Proxy = null)
{
    /// <summary>Where the controller is and how it is reached, for people.</summary>
    public string Way => Proxy is null ? Controller.ToString() : $"{Controller} through the proxy {Proxy}";
}

/// <summary>Keeps the <see cref="Enrolment"/> in a small JSON file.</summary>
internal sealed class EnrolmentFile(string stateDirectory)
{
    /// <summary>Where it is.</summary>
    public string Path => System.IO.Path.Combine(stateDirectory, "enrolment.json");

    /// <summary>Reads the file; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public Enrolment? Read()
    {
        if (!File.Exists(Path))
            return null;
        var faults = new List<string>();
        var values = SettingsFile.Read(File.ReadAllBytes(Path), Path, faults).ToDictionary(v => v.Key, v => v.Text);
        var id = values.GetValueOrDefault("enrolment_id", "");
        var agent = values.GetValueOrDefault("agent_id", "");
        var through = values.GetValueOrDefault("proxy", "");
        AgentId parsed = default;
        ProxyAddress? proxy = null;
        if (faults.Count > 0 || id.Length == 0 || (agent.Length > 0 && !AgentId.TryParse(agent, out parsed))
            || (through.Length > 0 && !ProxyAddress.TryParse(through, out proxy, out _))
            || !ControllerAddress.TryParse(values.GetValueOrDefault("controller", ""), out var controller, out _))
            throw new InvalidDataException($"{Path} is damaged: remove it and enrol this agent again");
        return new Enrolment(
            id, controller, agent.Length == 0 ? null : parsed, values.GetValueOrDefault("name", ""), values.GetValueOrDefault("machine", ""), proxy);
    }

    /// <summary>Removes it, so that this host enrols as a new agent.</summary>
    public void Remove() => File.Delete(Path);

    /// <summary>Stores it, readable for the owner only.</summary>
    public void Write(Enrolment enrolment)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("enrolment_id", enrolment.EnrolmentId);
            json.WriteString("controller", enrolment.Controller.ToString());
            json.WriteString("proxy", enrolment.Proxy?.ToSecretText() ?? "");
            json.WriteString("agent_id", enrolment.AgentId?.ToString() ?? "");
            json.WriteString("name", enrolment.Name);
            json.WriteString("machine", enrolment.Machine);
            json.WriteEndObject();
        }

        new IdentityFiles(stateDirectory).WriteAtomically(Path, Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }
}
