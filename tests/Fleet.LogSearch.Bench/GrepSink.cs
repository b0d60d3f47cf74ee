using System.Globalization;
using System.Text;
using Fleet.LogSearch.Searching;

namespace Fleet.LogSearch.Bench;

/// <summary>Writes lines in grep's form.</summary>
internal sealed class GrepSink(Stream output, bool separateGroups) : IMatchSink, IDisposable
{
    private readonly BufferedStream _output = new(output, 1 << 16);
    private bool _any;

    public void Take(in FoundLine line)
    {
        if (_any && separateGroups && line.StartsGroup)
        {
            _output.Write("--\n"u8);
        }

        _any = true;
        if (line.LineNumber > 0)
        {
            _output.Write(Encoding.ASCII.GetBytes(line.LineNumber.ToString(CultureInfo.InvariantCulture) + (line.Role == LineRole.Match ? ":" : "-")));
        }

        _output.Write(line.Bytes);
        _output.WriteByte((byte)'\n');
    }

    public void Dispose() => _output.Dispose();
}
