using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>The three variables of an inventory that say how ssh reaches a host; every other one is for Ansible alone.</summary>
internal sealed class HostSettings
{
    private string? _address;
    private string? _user;
    private int? _port;

    /// <summary>`ansible_host`.</summary>
    public string? Address => _address;

    /// <summary>`ansible_user`.</summary>
    public string? User => _user;

    /// <summary>`ansible_port`.</summary>
    public int? Port => _port;

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
                Check(SshNames.TryPort(value, out var port) ? null : $"\"{value}\" is no port from 1 to 65535");
                _port = port;
                break;
            default:
                break;
        }

        void Check(string? fault)
        {
            if (fault is not null)
                faults.Add(at, $"{name}: {fault}", value.Contains("{{", StringComparison.Ordinal) ? "templates are Ansible's to fill in: write the value itself" : "mend it here");
        }
    }

    /// <summary>Takes what this one lacks from another.</summary>
    public void Inherit(HostSettings other)
    {
        _address ??= other._address;
        _user ??= other._user;
        _port ??= other._port;
    }
}
