using Fleet.Protocol.Identity;

namespace Fleet.Cli.Install;

/// <summary>
/// What the host's /bin/sh gets on its standard input: the line of `fleet token create --install`, taken apart so that each way
/// in which it fails is told from the others. On standard input, so that neither ssh's command line nor the user's login shell
/// sees the token; as a function called at the end, so that of a script that was cut on its way nothing runs.
/// </summary>
internal static class RemoteScript
{
    /// <summary>The first line that a host prints: the connection stood and a POSIX shell reads.</summary>
    public const string Begun = "fleet-ssh: begun";

    /// <summary>The user is not root, and there is no sudo.</summary>
    public const int NoSudo = 61;

    /// <summary>sudo does not let the user without a password.</summary>
    public const int SudoRefuses = 62;

    /// <summary>There is no curl.</summary>
    public const int NoCurl = 63;

    /// <summary>The controller's script could not be fetched.</summary>
    public const int NoScript = 64;

    /// <summary>Composes it.</summary>
    /// <param name="controller">Where hosts reach the controller.</param>
    /// <param name="keyHash">SHA-256 of the controller's SubjectPublicKeyInfo.</param>
    /// <param name="options">Options of the install script; quoted here.</param>
    /// <param name="proxy">The proxy that hosts go through; null for none.</param>
    public static string Compose(ControllerAddress controller, ReadOnlySpan<byte> keyHash, IEnumerable<string> options, ProxyAddress? proxy) => $$"""
        fleet_install() {
            echo '{{Begun}}'
            root=
            if [ "$(id -u)" != 0 ]; then
                command -v sudo > /dev/null 2>&1 || exit {{NoSudo}}
                sudo -n sh -c : || exit {{SudoRefuses}}
                root='sudo -n'
            fi
            command -v curl > /dev/null 2>&1 || exit {{NoCurl}}
            script=$({{InstallLine.Fetch(controller, keyHash, proxy)}}) || exit {{NoScript}}
            printf '%s\n' {{(proxy is null ? "" : ShellText.Quote(InstallLine.Prologue(proxy)) + " ")}}"$script" | $root sh -s -- {{string.Join(' ', options.Select(ShellText.Quote))}}
        }
        fleet_install < /dev/null

        """.ReplaceLineEndings("\n");
}
