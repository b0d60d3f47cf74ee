using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Cli.Scans.Files;

/// <summary>Something in a scan file that must be fixed.</summary>
/// <param name="At">Where.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Hint">What to write instead; empty where that is plain.</param>
internal sealed record ScanFault(YamlPlace At, string Message, string Hint);

/// <summary>All faults of all files: they are fixed in one go, and nothing is sent before.</summary>
internal sealed class ScanFaults
{
    private readonly List<ScanFault> _faults = [];

    public IReadOnlyList<ScanFault> All => _faults;

    public void Add(YamlPlace at, string message, string hint = "") => _faults.Add(new ScanFault(at, message, hint));

    /// <summary>A fault inside a text.</summary>
    public void Add(YamlScalar text, string what, ParseError error) => Add(text.PlaceOf(error.Column - 1), $"{what}: {error.Message}", error.Hint);

    /// <param name="lead">What the faults mean: "nothing was sent".</param>
    /// <exception cref="CommandFailure">There are faults; it lists them all.</exception>
    public void ThrowIfAny(string lead = "nothing was sent")
    {
        if (_faults.Count == 0)
            return;
        var text = new StringBuilder(lead).Append(": ").Append(_faults.Count).Append(_faults.Count == 1 ? " error" : " errors");
        foreach (var fault in _faults.Distinct().OrderBy(f => f.At.File, StringComparer.Ordinal).ThenBy(f => f.At.Line).ThenBy(f => f.At.Column))
        {
            text.Append('\n').Append(fault.At).Append(": ").Append(fault.Message);
            if (fault.Hint.Length > 0)
                text.Append("\n    ").Append(fault.Hint);
        }

        throw CommandFailure.Usage(text.ToString());
    }
}
