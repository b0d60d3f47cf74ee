using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fleet.Benchmarks.Figures;

/// <summary>The figures of one measurement, as a table and as a file.</summary>
internal sealed class BenchReport(string what)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly List<Figure> _figures = [];
    private readonly List<string> _notes = [];

    /// <summary>Adds a figure.</summary>
    public void Add(string name, string unit, IReadOnlyList<double> values, double? target = null)
    {
        if (values.Count > 0)
            _figures.Add(new Figure(name, unit, values, target));
    }

    /// <summary>Adds a figure that was taken once.</summary>
    public void Add(string name, string unit, double value, double? target = null) => Add(name, unit, [value], target);

    /// <summary>Adds a remark: what a reader of the figures must know.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Writes the table.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{what,-46} {"median",10} {"min",10} {"max",10} {"n",4}  {"unit",-6} {"target",8} {"ratio",6}");
        foreach (var figure in _figures)
        {
            var verdict = figure.Passes switch { true => "PASS", false => "MISS", null => "" };
            output.WriteLine(
                $"{figure.Name,-46} {Text(figure.Median),10} {Text(figure.Values.Min()),10} {Text(figure.Values.Max()),10} {figure.Values.Count,4}  " +
                $"{figure.Unit,-6} {(figure.Target is { } target ? Text(target) : ""),8} {(figure.Ratio is { } ratio ? Text(ratio) : ""),6} {verdict}");
        }

        foreach (var note in _notes)
            output.WriteLine($"  {note}");
        output.Flush();
    }

    /// <summary>Writes the file; one a measurement, the newest stays.</summary>
    public async Task SaveAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var document = new JsonObject
        {
            ["what"] = what,
            ["at"] = TimeProvider.System.GetUtcNow().ToString("u", CultureInfo.InvariantCulture),
            ["machine"] = Of(Machine.Facts()),
            ["programs"] = Of(Installed.Programs),
            ["figures"] = new JsonArray([.. _figures.Select(Of)]),
            ["notes"] = new JsonArray([.. _notes.Select(note => (JsonNode)note)]),
        };
        await File.WriteAllTextAsync(Path.Combine(directory, $"{what}.json"), document.ToJsonString(Indented) + "\n", cancellationToken);
    }

    private static JsonNode Of(Figure figure) => new JsonObject
    {
        ["name"] = figure.Name,
        ["unit"] = figure.Unit,
        ["median"] = Math.Round(figure.Median, 3),
        ["min"] = Math.Round(figure.Values.Min(), 3),
        ["max"] = Math.Round(figure.Values.Max(), 3),
        ["target"] = figure.Target,
        ["passes"] = figure.Passes,
        ["values"] = new JsonArray([.. figure.Values.Select(value => (JsonNode)Math.Round(value, 3))]),
    };

    private static JsonObject Of(IReadOnlyDictionary<string, string> facts) =>
        new(facts.Select(fact => KeyValuePair.Create(fact.Key, (JsonNode?)fact.Value)));

    private static string Text(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", >= 0.095 => "0.00", _ => "0.####" }, CultureInfo.InvariantCulture);
}
