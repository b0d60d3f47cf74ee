using Fleet.Agent.Facts;
using Fleet.Agent.Journal;
using Fleet.Agent.Upgrading;
using Fleet.Protocol;
using Fleet.Protocol.Identifiers;
using Fleet.Protocol.Identity;
using LabelSet = Fleet.Protocol.Identifiers.Labels;

namespace Fleet.Agent.Identity;

/// <summary><c>fleet-agent enroll</c>: makes this host an agent of a fleet. Doing it twice is harmless.</summary>
internal static class EnrollCommand
{
    /// <summary>Takes the token from the environment, where the command line would show it to other users.</summary>
    public const string TokenVariable = "FLEET_AGENT_TOKEN";

    private static readonly string[] s_unitDirectories = ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    /// <summary>Its options, besides <c>--state</c>, <c>--controller</c> and those of the proxy.</summary>
    public static readonly IReadOnlyList<OptionSpec> Options =
    [
        new("--token", "TOKEN", $"the join token, from `fleet token create` (or in {TokenVariable})"),
        new("--name", "NAME", "the agent's name. Default: the host's"),
        new("--label", "KEY=VALUE", "a label; may be given several times", IsRepeatable: true),
        new("--replace", null, "take over the name from the agent that has it"),
        new("--force", null, "enroll again, although this host is enrolled"),
    ];

    /// <summary>Runs the command; returns the exit code.</summary>
    public static async Task<int> RunAsync(
        Arguments arguments, AgentOptions settings, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        var state = new StateDirectory(settings.State);
        if (ReadWish(arguments, settings, out var fault) is not { } wish)
            return Fail(errors, 2, fault);
        try
        {
            state.Create();
            var known = ReadKnown(state, arguments.Has("--force"));
            // Before the lock: where the agent runs, it is enrolled, and saying so disturbs nothing.
            if (known is not null && new IdentityFiles(state.Path).Exists && !arguments.Has("--force"))
                return Already(known, wish, output, errors);
            using var held = state.TryLock();
            if (held is null)
                return Fail(errors, 1, $"an agent runs with {state.Path}: stop it first");
            // An id from an earlier try at the same controller: the controller may have made the agent although we heard nothing.
            var isRetry = known is { AgentId: null } && known.Controller == wish.Controller;
            var done = await new Enroller(state.Path).EnrollAsync(wish, isRetry ? known!.EnrollmentId : Guid.NewGuid().ToString("n"), time, cancellationToken);
            output.WriteLine($"Enrolled with the controller at {done.Controller} as {done.Name} ({done.AgentId}).");
            if (done.Proxy is not null)
                output.WriteLine($"It is reached through the proxy {done.Proxy}.");
            output.WriteLine($"The identity is in {state.Path}; start the agent with: {StartCommand(state.Path)}");
            return 0;
        }
        catch (EnrollmentException e)
        {
            return Fail(errors, 1, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Fail(errors, 1, $"the state directory cannot be used: {e.Message}");
        }
    }

    private static string StartCommand(string state) =>
        Supervision.HasSystemd && s_unitDirectories.Any(directory => File.Exists(Path.Combine(directory, Supervision.Unit))) && state == new AgentOptions().State
            ? "systemctl enable --now fleet-agent"
            : $"fleet-agent run --state {state}";

    private static EnrollmentWish? ReadWish(Arguments arguments, AgentOptions settings, out string fault)
    {
        fault = "";
        var text = arguments.Get("--token") ?? Environment.GetEnvironmentVariable(TokenVariable);
        if (settings.Controller is not { } controller)
            fault = "--controller is missing: give the controller's host or host:port";
        else if (text is null)
            fault = $"--token is missing: create one with `fleet token create` and give it here or in {TokenVariable}";
        else if (!JoinToken.TryParse(text, out var token, out var error))
            fault = error;
        else if (token.Kind != JoinTokenKind.Agent)
            fault = "this token is for operators: create one for agents with `fleet token create`";
        else if (!AgentName.TryParse(arguments.Get("--name") ?? Environment.MachineName, out var name, out var nameError))
            fault = $"--name: {nameError}";
        else if (!TryReadProxy(settings, out var proxy, out fault))
            return null;
        else if (ReadLabels(arguments.GetAll("--label"), out fault) is { } labels)
        {
            var files = new HostFiles();
            return new EnrollmentWish(
                controller, text, token, name.ToString(), labels, new HostFacts(files).Collect(), arguments.Has("--replace"), MachineId.Hash(files), proxy);
        }

        return null;
    }

    private static bool TryReadProxy(AgentOptions settings, out ProxyAddress? proxy, out string fault)
    {
        (proxy, fault) = (null, "");
        try
        {
            proxy = settings.Proxy.Resolve(remembered: null);
        }
        catch (InvalidDataException e)
        {
            fault = e.Message;
        }

        return fault.Length == 0;
    }

    private static Dictionary<string, string>? ReadLabels(IEnumerable<string> given, out string fault)
    {
        var labels = new Dictionary<string, string>();
        foreach (var text in given)
        {
            if (!LabelSet.TryParse(text, out var parsed, out var error))
            {
                fault = $"--label: {error}";
                return null;
            }

            foreach (var (key, value) in parsed.Values)
                labels[key.ToString()] = value;
        }

        fault = labels.Count <= Limits.Labels ? "" : $"--label: {labels.Count} given, {Limits.Labels} allowed";
        return fault.Length == 0 ? labels : null;
    }

    private static Enrollment? ReadKnown(StateDirectory state, bool force)
    {
        try
        {
            return new EnrollmentFile(state.Path).Read();
        }
        catch (InvalidDataException) when (force)
        {
            return null;
        }
    }

    private static int Already(Enrollment known, EnrollmentWish wish, TextWriter output, TextWriter errors)
    {
        if (known.Controller == wish.Controller)
        {
            output.WriteLine($"This host is enrolled already with the controller at {known.Controller} as {known.Name} ({known.AgentId}). Nothing was changed.");
            if (wish.Proxy is not null && wish.Proxy != known.Proxy)
                output.WriteLine($"To reach it through the proxy {wish.Proxy}, set \"proxy\" in {AgentSettings.Table.DefaultFile} and restart the agent.");
            return 0;
        }

        return Fail(errors, 1, $"this host is enrolled with another controller, {known.Controller}, as {known.Name}: add --force to leave it");
    }

    private static int Fail(TextWriter errors, int code, string message)
    {
        errors.WriteLine($"fleet-agent: {message}");
        return code;
    }
}
