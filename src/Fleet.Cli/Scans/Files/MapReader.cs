using System.Globalization;
using Fleet.Protocol.Units;

namespace Fleet.Cli.Scans.Files;

/// <summary>Reads the keys of one thing in a scan file; whatever is wrong becomes a fault, and reading goes on.</summary>
internal sealed class MapReader
{
    private readonly Dictionary<string, YamlNode> _values = new(StringComparer.Ordinal);
    private readonly YamlMap _map;
    private readonly string _what;
    private readonly ScanFaults _faults;

    /// <param name="map">The keys and values.</param>
    /// <param name="what">What it is, for messages ("a scan").</param>
    /// <param name="keys">The keys it may have.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public MapReader(YamlMap map, string what, IReadOnlyCollection<string> keys, ScanFaults faults)
    {
        _map = map;
        _what = what;
        _faults = faults;
        foreach (var (key, value) in map.Entries)
        {
            if (!keys.Contains(key.Text))
                faults.Add(key.At, $"{what} has no key \"{key.Text}\"", Nearest.Hint(key.Text, keys));
            else if (!_values.TryAdd(key.Text, value))
                faults.Add(key.At, $"\"{key.Text}\" is given twice", "remove one of them");
        }
    }

    public YamlPlace At => _map.At;

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>The value as it is; null where the key is missing.</summary>
    public YamlNode? Node(string key) => _values.GetValueOrDefault(key);

    /// <summary>A value that must be there.</summary>
    public YamlNode? Required(string key, string hint)
    {
        if (!_values.TryGetValue(key, out var value))
            _faults.Add(At, $"{_what} needs \"{key}\"", hint);
        return value;
    }

    /// <summary>A text; null where the key is missing or has none.</summary>
    public YamlScalar? Text(string key) => _values.TryGetValue(key, out var value) ? AsText(key, value) : null;

    /// <summary>A text or a list of texts.</summary>
    public IReadOnlyList<YamlScalar> Texts(string key) => _values.TryGetValue(key, out var value)
        ? (value is YamlList list ? list.Items : [value]).Select(item => AsText(key, item)).OfType<YamlScalar>().ToList()
        : [];

    public TimeSpan? Duration(string key, TimeSpan least, TimeSpan most) => Text(key) is { } text ? AsDuration(key, text, least, most) : null;

    public TimeSpan? AsDuration(string key, YamlScalar text, TimeSpan least, TimeSpan most)
    {
        if (!DurationText.TryParse(text.Text, out var value, out var error))
            _faults.Add(text, $"\"{key}\" is not a duration", error!);
        else if (value < least || value > most)
            _faults.Add(text.At, $"\"{key}\" is out of range", $"give {DurationText.Format(least)} to {DurationText.Format(most)}");
        else
            return value;
        return null;
    }

    public long? Number(string key, long least, long most)
    {
        if (Text(key) is not { } text)
            return null;
        if (long.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        _faults.Add(text.At, $"\"{key}\" is not a whole number from {least} to {most}", "use only digits");
        return null;
    }

    public bool Flag(string key, bool otherwise = false) =>
        Word(key, [new("true", true), new("false", false)], otherwise);

    /// <summary>One of some words.</summary>
    public T Word<T>(string key, IReadOnlyList<KeyValuePair<string, T>> words, T otherwise)
    {
        if (Text(key) is not { } text)
            return otherwise;
        foreach (var (word, value) in words)
        {
            if (word == text.Text)
                return value;
        }

        _faults.Add(text.At, $"\"{key}\" cannot be \"{text.Text}\"", Nearest.Hint(text.Text, [.. words.Select(word => word.Key)]));
        return otherwise;
    }

    // What is not there has no place of its own.
    private YamlScalar? KeyOf(string key) => _map.Entries.FirstOrDefault(entry => entry.Key.Text == key).Key;

    private YamlScalar? AsText(string key, YamlNode value)
    {
        if (value is not YamlScalar text)
            _faults.Add(value.At, $"\"{key}\" must be a text, not {(value is YamlList ? "a list" : "keys and values")}", $"write {key}: VALUE");
        else if (text.IsEmpty)
            _faults.Add(KeyOf(key)?.At ?? value.At, $"\"{key}\" has no value", $"write {key}: VALUE, or omit it");
        else
            return text;
        return null;
    }
}
