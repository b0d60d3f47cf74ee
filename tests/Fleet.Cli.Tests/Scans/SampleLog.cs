namespace Fleet.Cli.Tests.Scans;

/// <summary>
/// Sample lines of one pattern (scans/samples/SCAN/PATTERN.log): "+ " begins a record that it must find, "- " one that it must not, two
/// blanks go on with a record.
/// </summary>
internal sealed record SampleLog(IReadOnlyList<string> Meant, IReadOnlyList<string> Alike)
{
    public static SampleLog Read(string file)
    {
        var records = new List<(char Sign, string Text)>();
        foreach (var line in File.ReadAllLines(file))
        {
            if (line.StartsWith("+ ", StringComparison.Ordinal) || line.StartsWith("- ", StringComparison.Ordinal))
                records.Add((line[0], line[2..]));
            else if (line.StartsWith("  ", StringComparison.Ordinal) || line.Length == 0)
                records[^1] = (records[^1].Sign, records[^1].Text + "\n" + (line.Length == 0 ? "" : line[2..]));
            else
                throw new FormatException($"{file}: \"{line}\" begins with neither \"+ \", \"- \" nor two blanks");
        }

        return new SampleLog(Of('+'), Of('-'));

        IReadOnlyList<string> Of(char sign) => [.. records.Where(record => record.Sign == sign).Select(record => record.Text)];
    }
}
