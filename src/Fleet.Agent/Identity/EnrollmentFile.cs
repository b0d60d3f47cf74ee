using System.Text;
using System.Text.Json;
using Fleet.Hosting.Settings;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;

namespace Fleet.Agent.Identity;

/// <summary>What is known of this agent's enrollment.</summary>
/// <param name="EnrollmentId">Made before the first try, so that a try whose answer was lost does not make a second agent.</param>
/// <param name="Controller">Where the agent enrolls or has enrolled.</param>
/// <param name="AgentId">Given by the controller; null while there was no answer.</param>
/// <param name="Name">The agent's name; what it asks for while there was no answer.</param>
/// <param name="Machine">The machine that it was made for; empty where that is not known.</param>
/// <param name="Proxy">The proxy that it goes through to the controller; null for none.</param>
internal sealed record Enrollment(string EnrollmentId, ControllerAddress Controller, AgentId? AgentId, string Name, string Machine = "", ProxyAddress? Proxy = null)
{
    /// <summary>Where the controller is and how it is reached, for people.</summary>
    public string Way => Proxy is null ? Controller.ToString() : $"{Controller} through the proxy {Proxy}";
}

/// <summary>Keeps the <see cref="Enrollment"/> in a small JSON file.</summary>
/// <remarks>The names on the disk are those of the first versions: an agent whose upgrade is rolled back reads what the newer one wrote.</remarks>
internal sealed class EnrollmentFile(string stateDirectory)
{
    private const string FileName = "enrolment.json";
    private const string IdKey = "enrolment_id";

    /// <summary>Where it is.</summary>
    public string Path => System.IO.Path.Combine(stateDirectory, FileName);

    /// <summary>Reads the file; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public Enrollment? Read()
    {
        if (!File.Exists(Path))
            return null;
        var faults = new List<SettingError>();
        var values = SettingsFile.Read(File.ReadAllBytes(Path), Path, faults).ToDictionary(v => v.Key, v => v.Text);
        var id = values.GetValueOrDefault(IdKey, "");
        var agent = values.GetValueOrDefault("agent_id", "");
        var through = values.GetValueOrDefault("proxy", "");
        AgentId parsed = default;
        ProxyAddress? proxy = null;
        if (faults.Count > 0 || id.Length == 0 || (agent.Length > 0 && !AgentId.TryParse(agent, out parsed))
            || (through.Length > 0 && !ProxyAddress.TryParse(through, out proxy, out _))
            || !ControllerAddress.TryParse(values.GetValueOrDefault("controller", ""), out var controller, out _))
            throw new InvalidDataException($"{Path} is damaged: remove it and enroll this agent again");
        return new Enrollment(
            id, controller, agent.Length == 0 ? null : parsed, values.GetValueOrDefault("name", ""), values.GetValueOrDefault("machine", ""), proxy);
    }

    /// <summary>Removes it, so that this host enrolls as a new agent.</summary>
    public void Remove() => File.Delete(Path);

    /// <summary>Stores it, readable for the owner only.</summary>
    public void Write(Enrollment enrollment)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString(IdKey, enrollment.EnrollmentId);
            json.WriteString("controller", enrollment.Controller.ToString());
            json.WriteString("proxy", enrollment.Proxy?.ToSecretText() ?? "");
            json.WriteString("agent_id", enrollment.AgentId?.ToString() ?? "");
            json.WriteString("name", enrollment.Name);
            json.WriteString("machine", enrollment.Machine);
            json.WriteEndObject();
        }

        new IdentityFiles(stateDirectory).WriteAtomically(Path, Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }
}
