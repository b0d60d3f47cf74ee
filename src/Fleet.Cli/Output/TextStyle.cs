namespace Fleet.Cli.Output;

/// <summary>How a piece of text looks. These are all that there are: nothing else can become an escape sequence (ECMA-48, SGR).</summary>
internal readonly struct TextStyle
{
    // Not red, which is for matches, nor what is hard to see on black or on white.
    private static readonly TextStyle[] s_hosts = [new("32"), new("33"), new("34"), new("35"), new("36"), new("92"), new("94"), new("95"), new("96")];

    private readonly string? _parameters;

    private TextStyle(string parameters) => _parameters = parameters;

    public static TextStyle Plain => default;

    public static TextStyle Bold { get; } = new("1");

    public static TextStyle Grey { get; } = new("90");

    public static TextStyle Red { get; } = new("91");

    public static TextStyle RedBold { get; } = new("1;91");

    public static TextStyle Green { get; } = new("32");

    public static TextStyle GreenBold { get; } = new("1;32");

    public static TextStyle Yellow { get; } = new("93");

    public static TextStyle YellowBold { get; } = new("1;93");

    public static TextStyle Blue { get; } = new("94");

    /// <summary>All of them, for whoever wants to tell Fleet's own sequences from others.</summary>
    public static IReadOnlyList<TextStyle> All { get; } = [Plain, Bold, Grey, Red, RedBold, Green, GreenBold, Yellow, YellowBold, Blue, .. s_hosts];

    public bool IsPlain => _parameters is null;

    /// <summary>The sequence that turns it on; for plain, the one that turns all others off.</summary>
    public string Sequence => $"\u001b[{_parameters ?? "0"}m";

    /// <summary>A host's own color, the same each time.</summary>
    public static TextStyle OfHost(string host)
    {
        var sum = 17U;
        foreach (var c in host)
            sum = (sum * 31) + c;
        return s_hosts[sum % s_hosts.Length];
    }
}
