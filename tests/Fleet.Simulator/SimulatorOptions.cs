using System.Globalization;
using Fleet.Protocol.Identity;

namespace Fleet.Simulator;

/// <summary>What a simulation is asked to do.</summary>
internal sealed record SimulatorOptions
{
    /// <summary>The controller.</summary>
    public required ControllerAddress Controller { get; init; }

    /// <summary>A join token for agents, with uses enough for all of them.</summary>
    public required JoinToken Token { get; init; }

    /// <summary>A join token for an operator; with it the simulation measures jobs itself.</summary>
    public JoinToken? OperatorToken { get; init; }

    /// <summary>Agents, each with a connection of its own. The default is 100.</summary>
    public int Count { get; init; } = 100;

    /// <summary>Agents that enroll and connect at once. The default is 32.</summary>
    public int Concurrency { get; init; } = 32;

    /// <summary>Names are this and a number. The default is "sim".</summary>
    public string Prefix { get; init; } = "sim";

    /// <summary>Ping jobs to measure. The default is 0.</summary>
    public int Pings { get; init; }

    /// <summary>Ping jobs under way at once. The default is 1.</summary>
    public int AtOnce { get; init; } = 1;

    /// <summary>How long hits are reported at <see cref="HitRate"/>, in seconds, before as many go out as fast as they are taken. The default is 0: none.</summary>
    public int HitSeconds { get; init; }

    /// <summary>Hits a second, of all agents together. The default is 10,000.</summary>
    public int HitRate { get; init; } = 10_000;

    /// <summary>Where the webhook listens that measures alerts.</summary>
    public int ProbePort { get; init; }

    /// <summary>How long to hold the agents after that; null until a signal.</summary>
    public TimeSpan? Hold { get; init; }

    /// <summary>How to call it.</summary>
    public const string Usage = """
        usage: fleet-simulator --controller HOST:PORT --token TOKEN [--count N] [--concurrency N] [--prefix NAME]
                               [--operator-token TOKEN --pings N [--at-once N]] [--hold SECONDS]
                               [--operator-token ADMIN --hit-seconds N --probe-port N [--hit-rate N]]
        """;

    /// <summary>Reads the arguments; null with the fault named where they are not good.</summary>
    public static SimulatorOptions? Parse(string[] args, out string fault)
    {
        fault = "";
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == args.Length)
                fault = $"{args[i]} is no option, or lacks its value";
            else
                values[args[i][2..]] = args[i + 1];
        }

        var address = ReadAddress(values, ref fault);
        var token = ReadToken(values, "token", ref fault);
        var operatorToken = values.ContainsKey("operator-token") ? ReadToken(values, "operator-token", ref fault) : null;
        var count = ReadNumber(values, "count", 100, ref fault);
        var concurrency = ReadNumber(values, "concurrency", 32, ref fault);
        var pings = ReadNumber(values, "pings", 0, ref fault);
        var atOnce = ReadNumber(values, "at-once", 1, ref fault);
        var hitSeconds = ReadNumber(values, "hit-seconds", 0, ref fault);
        var hitRate = ReadNumber(values, "hit-rate", 10_000, ref fault);
        var probePort = ReadNumber(values, "probe-port", 0, ref fault);
        var hold = values.ContainsKey("hold") ? ReadNumber(values, "hold", 0, ref fault) : (int?)null;
        if (fault.Length > 0)
            return null;
        return new SimulatorOptions
        {
            Controller = address!,
            Token = token!,
            OperatorToken = operatorToken,
            Count = count,
            Concurrency = Math.Max(1, concurrency),
            Prefix = values.GetValueOrDefault("prefix", "sim"),
            Pings = pings,
            AtOnce = Math.Max(1, atOnce),
            HitSeconds = hitSeconds,
            ProbePort = probePort,
            HitRate = Math.Max(1, hitRate),
            Hold = hold is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static ControllerAddress? ReadAddress(Dictionary<string, string> values, ref string fault)
    {
        if (ControllerAddress.TryParse(values.GetValueOrDefault("controller"), out var address, out var error))
            return address;
        fault = $"--controller: {error}";
        return null;
    }

    private static JoinToken? ReadToken(Dictionary<string, string> values, string name, ref string fault)
    {
        if (JoinToken.TryParse(values.GetValueOrDefault(name), out var token, out var error))
            return token;
        fault = $"--{name}: {error}";
        return null;
    }

    private static int ReadNumber(Dictionary<string, string> values, string name, int otherwise, ref string fault)
    {
        if (!values.TryGetValue(name, out var text))
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 100_000)
            return number;
        fault = $"--{name}: '{text}' is no number from 0 to 100,000";
        return 0;
    }
}
