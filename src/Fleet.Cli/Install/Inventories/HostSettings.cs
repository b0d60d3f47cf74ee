using System.Globalization;
using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>The variables of an inventory that say how ssh reaches a host; every other one is for Ansible alone.</summary>
internal sealed class HostSettings
{
    private string? _address;
    private string? _user;
    private int? _port;
    private string? _identityFile;

    /// <summary>`ansible_host`.</summary>
    public string? Address => _address;

    /// <summary>`ansible_user`.</summary>
    public string? User => _user;

    /// <summary>`ansible_port`.</summary>
    public int? Port => _port;

    /// <summary>`ansible_ssh_private_key_file`.</summary>
    public string? IdentityFile => _identityFile;

    /// <summary>`ansible_group_priority`: which of two groups as deep as one another counts.</summary>
    public int Priority { get; private set; } = 1;

    /// <summary>Takes variables that stand in YAML; those that are no text, or empty, are none of these.</summary>
    public void Take(YamlMap variables, ScanFaults faults)
    {
        foreach (var (name, node) in variables.Entries)
        {
            if (node is YamlScalar { IsEmpty: false } value)
                Take(name.Text, value.Text, value.At, faults);
        }
    }

    /// <summary>Takes a variable; the last of several counts. Names from before Ansible 2.0 are still met.</summary>
    public void Take(string name, string value, YamlPlace at, ScanFaults faults)
    {
        switch (name)
        {
            case "ansible_host" or "ansible_ssh_host":
                Check(SshNames.HostFault(value));
                _address = value;
                break;
            case "ansible_user" or "ansible_ssh_user":
                Check(SshNames.UserFault(value));
                _user = value;
                break;
            case "ansible_port" or "ansible_ssh_port":
                Check(SshNames.TryPort(value, out var port) ? null : $"\"{value}\" is not a port from 1 to 65535");
                _port = port;
                break;
            case "ansible_private_key_file" or "ansible_ssh_private_key_file":
                Check(SshNames.FileFault(value));
                _identityFile = value;
                break;
            case "ansible_group_priority":
                Check(int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var priority) ? null : $"\"{value}\" is not a whole number");
                Priority = priority;
                break;
            default:
                break;
        }

        void Check(string? fault)
        {
            var isEncrypted = value.StartsWith("$ANSIBLE_VAULT;", StringComparison.Ordinal);
            var isTemplate = value.Contains("{{", StringComparison.Ordinal);
            fault = isEncrypted ? "it is encrypted with Ansible Vault, which is not supported" : fault ?? (isTemplate ? "it is a template" : null);
            if (fault is not null)
            {
                faults.Add(
                    at, $"{name}: {fault}",
                    isEncrypted ? "write the value itself" : isTemplate ? "templates are not supported: write the value itself" : "fix it here");
            }
        }
    }

    /// <summary>Takes what this one lacks from another.</summary>
    public void Inherit(HostSettings other)
    {
        _address ??= other._address;
        _user ??= other._user;
        _port ??= other._port;
        _identityFile ??= other._identityFile;
    }
}
