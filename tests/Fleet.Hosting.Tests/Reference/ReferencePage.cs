using System.Text;
using Fleet.Agent;
using Fleet.Controller.Hosting;
using Fleet.Hosting.Settings;

namespace Fleet.Hosting.Tests.Reference;

/// <summary>Writes docs/configuration.md.</summary>
internal static class ReferencePage
{
    public static string Write()
    {
        var text = new StringBuilder("""
            <!-- Made of the programs' tables of settings (ControllerSettings.cs, AgentSettings.cs). Change those, then:
                 dotnet cake --target=Reference -->

            # Configuration

            Every setting of the [controller](#the-controller) and of the [agent](#the-agent). `fleet` itself has no settings file:
            its contexts are written by `fleet login` and `fleet context`, and [cli.md](cli.md) names the variables that it reads.

            ## Where settings come from

            | source | controller | agent |
            |---|---|---|
            | command line | `--set log.level=debug` | `--log-level debug` |
            | environment | `FLEET_CONTROLLER_LOG_LEVEL` | `FLEET_AGENT_LOG_LEVEL` |
            | file | `/etc/fleet/controller.json` | `/etc/fleet/agent.json` |

            The upper wins over the lower; what is set nowhere has its default. Every setting can be set in each of these ways, and its
            name there follows from its key: `log.level` is `LOG_LEVEL` in a variable and `--log-level` on the agent's command line.
            `--config FILE`, or `FLEET_CONTROLLER_CONFIG` and `FLEET_AGENT_CONFIG`, name another file. Variables that are empty or not
            known count for nothing.

            The file is one JSON object, in which comments and trailing commas are allowed. A key is written whole or as objects inside
            one another: `"log.level": "debug"` and `"log": { "level": "debug" }` are the same.

            | value | written |
            |---|---|
            | duration | `500ms`, `30s`, `10m`, `1h30m`, `7d` |
            | size | `512B`, `64KiB`, `10MiB`, `1GiB`; also `10MB` |
            | number | `8` |
            | date | `2026-11-30` |
            | path | absolute, or from the directory in which the program was started |
            | list | `["ann", "bob"]`; in a variable or on the command line `ann,bob` |

            `check-config` checks the settings and names every error at once, with its file and line; `check-config --list` lists the
            settings. `systemctl reload` (SIGHUP) changes those that are marked below at once; the log says of each change whether it
            counts now or after a restart. Settings with an error are refused as a whole, and the old ones stay.


            """);
        Program(text, "The controller", ControllerSettings.Table);
        text.Append('\n');
        Program(text, "The agent", AgentSettings.Table);
        return text.ToString();
    }

    private static void Program<TOptions>(StringBuilder text, string title, SettingsTable<TOptions> table)
    {
        text.Append($"## {title}\n");
        foreach (var section in table.Sections)
        {
            text.Append($"\n**{section.Title.TrimEnd('.')}**\n\n| key | value | default | reload | meaning |\n|---|---|---|---|---|\n");
            foreach (var setting in section.Settings)
            {
                var value = setting.Bounds is null ? setting.Unit : $"{setting.Unit}, {setting.Bounds}";
                var unset = setting.Write(table.Defaults) is { } written ? (written.Length == 0 ? "none" : $"`{written}`") : setting.DefaultMeaning;
                text.Append($"| `{setting.Key}` | {Cell(value)} | {unset} | {(setting.IsReloadable ? "yes" : "")} | {Cell(setting.Meaning)} |\n");
            }
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
