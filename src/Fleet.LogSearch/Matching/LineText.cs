using System.Buffers;
using System.Text;
using Fleet.LogSearch.Matching.Syntax;

namespace Fleet.LogSearch.Matching;

/// <summary>One line as characters, one for each code point, with the way back from characters to bytes.</summary>
internal sealed class LineText(LogEncoding encoding, StandIns standIns)
{
    private char[] _characters = new char[1024];
    private int[] _bytes = [];
    private int _length;
    private bool _oneByteEach;

    public ReadOnlySpan<char> Characters => _characters.AsSpan(0, _length);

    public void Load(ReadOnlySpan<byte> line)
    {
        if (_characters.Length < line.Length)
        {
            _characters = new char[Math.Max(line.Length, _characters.Length * 2)];
        }

        _oneByteEach = true;
        if (encoding == LogEncoding.Latin1)
        {
            _length = Encoding.Latin1.GetChars(line, _characters);
        }
        else if (Ascii.ToUtf16(line, _characters, out _length) != OperationStatus.Done)
        {
            LoadUtf8(line);
        }
    }

    /// <summary>The byte at which a character starts.</summary>
    public int ByteOffset(int character) => _oneByteEach ? character : _bytes[character];

    private void LoadUtf8(ReadOnlySpan<byte> line)
    {
        _oneByteEach = false;
        if (_bytes.Length <= line.Length)
        {
            _bytes = new int[_characters.Length + 1];
        }

        _length = 0;
        for (int at = 0; at < line.Length;)
        {
            bool isCharacter = Rune.DecodeFromUtf8(line[at..], out Rune rune, out int consumed) == OperationStatus.Done;
            _bytes[_length] = at;
            _characters[_length++] = !isCharacter ? StandIns.Invalid : rune.IsBmp ? (char)rune.Value : standIns.Of(rune.Value);
            at += consumed;
        }

        _bytes[_length] = line.Length;
    }
}
