using System.Text;
using Fleet.Cli.Scans.Files;

namespace Fleet.Cli.Install.Inventories;

/// <summary>Reads an inventory in the form of INI: a host on each line, with variables behind it, below <c>[group]</c>, <c>[group:children]</c> or <c>[group:vars]</c>.</summary>
internal sealed class IniInventory
{
    private readonly Inventory _inventory;
    private readonly ScanFaults _faults;
    private InventoryGroup _group;
    private Section _section = Section.Hosts;

    private IniInventory(string file, Inventory inventory, ScanFaults faults)
    {
        (_inventory, _faults) = (inventory, faults);
        _group = inventory.Group(Inventory.Ungrouped, new YamlPlace(file, 1, 1));
    }

    private enum Section
    {
        Hosts,
        Children,
        Variables,
        Unknown,
    }

    /// <summary>Reads a file's text into an inventory.</summary>
    public static void Read(string file, string text, Inventory inventory, ScanFaults faults)
    {
        var reader = new IniInventory(file, inventory, faults);
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
                continue;
            var at = new YamlPlace(file, number, raw.IndexOf(line[0], StringComparison.Ordinal) + 1);
            if (line[0] == '[' && IsHeading(line))
                reader.Begin(line, at);
            else
                reader.Take(line, at);
        }
    }

    // [web] is a section, [2001:db8::1]:22 a host; so is [1:9].example.org.
    private static bool IsHeading(string line)
    {
        var rest = line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].TrimStart();
        return rest.Length == 0 || rest[0] is '#' or ';';
    }

    private void Begin(string line, YamlPlace at)
    {
        var close = line.IndexOf(']', StringComparison.Ordinal);
        if (close < 0)
        {
            _section = Section.Unknown;
            _faults.Add(at, $"\"{line}\" has a '[' without its ']'", "write [GROUP], [GROUP:children] or [GROUP:vars]");
            return;
        }

        var parts = line[1..close].Split(':', 2, StringSplitOptions.TrimEntries);
        Section? section = parts is [_] ? Section.Hosts : parts[1] switch { "children" => Section.Children, "vars" => Section.Variables, "hosts" => Section.Hosts, _ => null };
        _section = section ?? Section.Unknown;
        if (section is null || parts[0].Length == 0)
            _faults.Add(at, $"there is no section [{line[1..close]}]", "write [GROUP], [GROUP:children] or [GROUP:vars]");
        else
            _group = _inventory.Group(parts[0], at, isDefinition: section != Section.Variables);
    }

    private void Take(string line, YamlPlace at)
    {
        switch (_section)
        {
            case Section.Hosts:
                TakeHost(line, at);
                break;
            case Section.Children:
                TakeChild(line, at);
                break;
            case Section.Variables:
                TakeVariable(line, _group.Settings, at);
                break;
            default:
                break;
        }
    }

    private void TakeHost(string line, YamlPlace at)
    {
        if (Words(line, at) is not [var pattern, .. var variables])
            return;
        foreach (var host in _inventory.Add(pattern, _group, at))
        {
            foreach (var variable in variables)
                TakeVariable(variable, host.Settings, at);
        }
    }

    private void TakeChild(string line, YamlPlace at)
    {
        if (Words(line, at) is not [var name, .. var more])
            return;
        if (more.Count > 0)
            _faults.Add(at, $"\"{more[0]}\" follows a group name", "each line below [GROUP:children] names one group");
        _group.Children.Add(_inventory.Group(name, at, isDefinition: false));
    }

    private void TakeVariable(string text, HostSettings settings, YamlPlace at)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            _faults.Add(at, $"\"{text}\" is not a variable", "write NAME=VALUE; write each host on its own line");
        else
            settings.Take(text[..equals].Trim(), Unquote(text[(equals + 1)..].Trim()), at, _faults);
    }

    private static string Unquote(string value) => value.Length >= 2 && value[0] is '\'' or '"' && value[^1] == value[0] ? value[1..^1] : value;

    /// <summary>A line's words: quotes hold blanks together, and # begins a comment where a word could begin.</summary>
    private List<string> Words(string line, YamlPlace at)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = '\0';
        foreach (var c in line)
        {
            if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else
                    word!.Append(c);
            }
            else if (c is '\'' or '"')
            {
                (quote, word) = (c, word ?? new StringBuilder());
            }
            else if (char.IsWhiteSpace(c))
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else if (c == '#' && word is null)
            {
                break;
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (quote != '\0')
            _faults.Add(at, $"a {quote} is not closed on this line", "close it, or remove it");
        if (word is not null)
            words.Add(word.ToString());
        return words;
    }
}
