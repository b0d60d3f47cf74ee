using System.Text;
using Fleet.Protocol.Units;

namespace Fleet.Agent.Journal;

/// <summary>The journal's id: made with the journal, and lost with it.</summary>
internal static class JournalIdFile
{
    private const int IdLength = 32;

    /// <summary>Reads the id, or makes a new one where the file is missing or damaged.</summary>
    public static string ReadOrCreate(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: IdLength } id && Characters.AreAll(id, char.IsAsciiHexDigitLower))
            return id;

        var made = Guid.NewGuid().ToString("n");
        // An id that came back as an empty file after a power cut would make the old journal look lost.
        WholeFile.Write(path, file => file.Write(Encoding.ASCII.GetBytes(made + "\n")));
        return made;
    }
}
