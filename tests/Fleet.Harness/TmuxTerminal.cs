namespace Fleet.Harness;

/// <summary>A real terminal of a given size with a shell in it, typed into and read as a person would (tmux).</summary>
public sealed class TmuxTerminal : IAsyncDisposable
{
    private readonly string _socket;

    private TmuxTerminal(string socket) => _socket = socket;

    /// <summary>Opens a terminal in which <c>fleet</c> is the one under test.</summary>
    /// <param name="shell">The shell's words.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="columns">Its width.</param>
    public static async Task<TmuxTerminal> OpenAsync(IReadOnlyList<string> shell, IReadOnlyDictionary<string, string> environment, int columns = 100)
    {
        var terminal = new TmuxTerminal($"fleet-{Guid.NewGuid():n}");
        // Through env, since tmux gives a new window the PATH of the one who asks for it, whatever the session's is.
        var path = $"{Path.GetDirectoryName(Binaries.Cli)}:{Environment.GetEnvironmentVariable("PATH")}";
        await terminal.TmuxAsync(
            ["new-session", "-d", "-x", $"{columns}", "-y", "40", "env", $"PATH={path}", .. environment.Select(pair => $"{pair.Key}={pair.Value}"), .. shell]);
        await terminal.EnterAsync("PS1='rea''dy> '");
        await terminal.UntilAsync("ready>");
        return terminal;
    }

    /// <summary>Types a line and presses Enter.</summary>
    public async Task EnterAsync(string line)
    {
        await TmuxAsync("send-keys", "-l", line);
        await PressAsync("Enter");
    }

    /// <summary>Types without pressing Enter.</summary>
    public Task TypeAsync(string text) => TmuxAsync("send-keys", "-l", text);

    /// <summary>Presses a key: Enter, Tab, C-c.</summary>
    public Task PressAsync(string key) => TmuxAsync("send-keys", key);

    /// <summary>What can be seen now, and what has scrolled away.</summary>
    public async Task<string> ScreenAsync() => (await TmuxAsync("capture-pane", "-p", "-S", "-200")).Stdout;

    /// <summary>The title that programs in it have set.</summary>
    public async Task<string> TitleAsync() => (await TmuxAsync("display-message", "-p", "#{pane_title}")).Stdout.Trim();

    /// <summary>Waits until a text can be seen; the screen then.</summary>
    public async Task<string> UntilAsync(string text)
    {
        var screen = "";
        await Patience.UntilAsync(
            $"\"{text}\" on the screen", async () => (screen = await ScreenAsync()).Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(30), () => screen);
        return screen;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await OneShot.RunAsync("tmux", ["-L", _socket, "kill-server"]);

    private async Task<CommandResult> TmuxAsync(params string[] arguments)
    {
        var result = await OneShot.RunAsync("tmux", ["-L", _socket, "-f", "/dev/null", .. arguments]);
        return result.ExitCode == 0 ? result : throw new InvalidOperationException($"tmux {arguments[0]}: {result}");
    }
}
