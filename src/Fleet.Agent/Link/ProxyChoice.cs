using Fleet.Protocol.Identity;

namespace Fleet.Agent.Link;

/// <summary>What is set about the proxy to the controller. Nothing of it comes from the variables that other programs read, such as HTTPS_PROXY.</summary>
internal sealed record ProxyChoice
{
    /// <summary>What is written where the controller is reached without a proxy, although the agent was enrolled through one.</summary>
    public const string None = "none";

    /// <summary>The proxy; null for the one that the agent was enrolled through.</summary>
    public ProxyAddress? Address { get; init; }

    /// <summary>Whether there is to be none.</summary>
    public bool IsNone { get; init; }

    /// <summary>The file whose first line is the proxy's password; null where the address has it.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Reads a choice; null where it is none.</summary>
    public ProxyChoice? With(string text) => text == None
        ? this with { Address = null, IsNone = true }
        : ProxyAddress.TryParse(text, out var address, out _) ? this with { Address = address, IsNone = false } : null;

    /// <summary>As it may be shown: without a password. What cannot be read may hold one anywhere.</summary>
    public static string Show(string text) =>
        text == None ? text : ProxyAddress.TryParse(text, out var address, out _) ? address.ToString() : "that (it may hold a password and is not shown)";

    /// <summary>The proxy that counts; null for none.</summary>
    /// <param name="remembered">The one that the agent was enrolled through.</param>
    /// <exception cref="InvalidDataException">The password's file cannot be used.</exception>
    public ProxyAddress? Resolve(ProxyAddress? remembered)
    {
        var proxy = IsNone ? null : Address ?? remembered;
        if (PasswordFile is null || IsNone)
            return proxy;
        if (proxy is null)
            throw new InvalidDataException($"proxyPasswordFile is set, but no proxy: set proxy to {ProxyAddress.Forms}");
        return ProxyPasswordFile.TryRead(proxy, PasswordFile, out var completed, out var error) ? completed : throw new InvalidDataException(error);
    }
}
