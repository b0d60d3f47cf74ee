using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Fleet.LogSearch.Matching.Syntax;

namespace Fleet.LogSearch.Matching;

/// <summary>Goes from one line that may match to the next, over a chunk of whole lines.</summary>
internal abstract class LineFinder
{
    /// <summary>Whether a line that is found matches for certain, and by the only pattern there is.</summary>
    public virtual bool Decides => false;

    /// <summary>Begins a new chunk.</summary>
    public virtual void Start(ReadOnlySpan<byte> chunk)
    {
    }

    /// <summary>A place within the next line that may match, or -1.</summary>
    /// <param name="chunk">The chunk given to <see cref="Start"/>.</param>
    /// <param name="from">The start of a line.</param>
    public abstract int Next(ReadOnlySpan<byte> chunk, int from);

    /// <summary>Told when a line that was found did not match after all.</summary>
    public virtual void Missed()
    {
    }
}

/// <summary>Every line may match.</summary>
internal sealed class EveryLineFinder : LineFinder
{
    public override int Next(ReadOnlySpan<byte> chunk, int from) => from < chunk.Length ? from : -1;
}

/// <summary>Lines with a literal may match.</summary>
internal sealed class LiteralLineFinder(LiteralSearcher literals, bool decides) : LineFinder
{
    public override bool Decides => decides;

    public override int Next(ReadOnlySpan<byte> chunk, int from)
    {
        int found = literals.IndexOf(chunk[from..], out _);
        return found < 0 ? -1 : from + found;
    }
}

/// <summary>Lines in which one expression, run over the whole chunk, finds the start of a match.</summary>
internal sealed class ExpressionLineFinder : LineFinder
{
    // A hostile expression may find "matches" that run across line ends, each costing a pass over the chunk: after so many that come to
    // nothing beyond those that do, lines are tried one by one, which bounds the work by the input.
    private const int MostMisses = 256;

    private readonly Regex _regex;
    private readonly LogEncoding _encoding;
    private readonly StandIns _standIns;
    private char[] _characters = [];
    private int _length;
    private bool _oneByteEach;
    private int _characterLine;
    private int _byteLine;
    private int _misses;

    private ExpressionLineFinder(Regex regex, LogEncoding encoding, StandIns standIns)
    {
        _regex = regex;
        _encoding = encoding;
        _standIns = standIns;
    }

    public static ExpressionLineFinder? TryCreate(IReadOnlyList<string> expressions, LogEncoding encoding, StandIns standIns)
    {
        try
        {
            var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Multiline;
            return new ExpressionLineFinder(new Regex(string.Join('|', expressions), options), encoding, standIns);
        }
        catch (NotSupportedException)
        {
            // Each is small enough, all of them together are not.
            return null;
        }
    }

    public override void Start(ReadOnlySpan<byte> chunk)
    {
        _characterLine = _byteLine = 0;
        if (_misses > MostMisses)
        {
            return;
        }

        if (_characters.Length < chunk.Length)
        {
            _characters = new char[chunk.Length];
        }

        _oneByteEach = true;
        if (_encoding == LogEncoding.Latin1)
        {
            _length = Encoding.Latin1.GetChars(chunk, _characters);
        }
        else if (Ascii.ToUtf16(chunk, _characters, out _length) != OperationStatus.Done)
        {
            _oneByteEach = false;
            _length = _standIns.Read(chunk, _characters);
        }
    }

    public override int Next(ReadOnlySpan<byte> chunk, int from)
    {
        if (from >= chunk.Length)
        {
            return -1;
        }

        if (_misses > MostMisses)
        {
            return from;
        }

        AdvanceTo(chunk, from);
        ReadOnlySpan<char> characters = _characters.AsSpan(_characterLine, _length - _characterLine);
        foreach (ValueMatch match in _regex.EnumerateMatches(characters))
        {
            if (_oneByteEach)
            {
                int found = from + match.Index;
                // A match of nothing may stand at the very end: on the last line if that has no end, else on none.
                return found < chunk.Length ? found : chunk[^1] == '\n' ? -1 : chunk.Length - 1;
            }

            // Chunk and characters have the same number of line ends, whatever stands between them.
            int lines = characters[..match.Index].Count('\n');
            int line = from;
            for (; lines > 0; lines--)
            {
                line += chunk[line..].IndexOf((byte)'\n') + 1;
            }

            return line < chunk.Length ? line : -1;
        }

        return -1;
    }

    public override void Missed() => _misses++;

    private void AdvanceTo(ReadOnlySpan<byte> chunk, int from)
    {
        if (_oneByteEach)
        {
            _characterLine = from;
        }
        else
        {
            int lines = chunk[_byteLine..from].Count((byte)'\n');
            for (; lines > 0; lines--)
            {
                _characterLine += _characters.AsSpan(_characterLine, _length - _characterLine).IndexOf('\n') + 1;
            }
        }

        _byteLine = from;
    }
}
