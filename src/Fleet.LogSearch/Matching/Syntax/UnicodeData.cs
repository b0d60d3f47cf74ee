using System.Globalization;

namespace Fleet.LogSearch.Matching.Syntax;

/// <summary>What a pattern may ask of a character: its script, its general category, and which others differ from it by case alone.</summary>
internal static class UnicodeData
{
    // Nothing else is assigned above 3FFFF but the planes of private use, all of them but their last two code points.
    private static readonly (int First, int Last)[] s_assigned = [(0, 0x3FFFF), (0xE0000, 0xE0FFF)];
    private static readonly int[] s_privateUse = [0xF0000, 0x100000];

    private static readonly Lazy<Dictionary<string, CodeRanges?>> s_scripts = new(ReadScriptNames);
    private static readonly Lazy<Dictionary<int, int[]>> s_orbits = new(ReadOrbits);
    private static readonly Lazy<(int First, UnicodeCategory Category)[]> s_runs = new(ReadRuns);

    /// <summary>Characters of the same category in a row: the first of each run, and what they are.</summary>
    public static ReadOnlySpan<(int First, UnicodeCategory Category)> CategoryRuns => s_runs.Value;

    /// <summary>Characters that differ from one another by case alone, each with all that it is one of.</summary>
    public static IReadOnlyDictionary<int, int[]> Orbits => s_orbits.Value;

    /// <summary>The characters of a script; null where there is none of this name, long or short, written as <see cref="Loose"/> leaves it.</summary>
    public static CodeRanges? Script(string looseName)
    {
        Dictionary<string, CodeRanges?> scripts = s_scripts.Value;
        lock (scripts)
        {
            if (!scripts.TryGetValue(looseName, out CodeRanges? ranges))
            {
                return null;
            }

            return ranges ?? (scripts[looseName] = ReadScript(looseName));
        }
    }

    /// <summary>A name as Unicode compares names (UAX 44, 5.9.3): without case, blanks, hyphens and underscores.</summary>
    public static string Loose(string name) =>
        string.Concat(name.Where(c => c is not (' ' or '-' or '_'))).ToLowerInvariant();

    private static Dictionary<string, CodeRanges?> ReadScriptNames()
    {
        var scripts = new Dictionary<string, CodeRanges?>(StringComparer.Ordinal);
        foreach ((string name, string alias, _) in UnicodeTables.Scripts)
        {
            scripts[Loose(name)] = scripts[Loose(alias)] = null;
        }

        // Qaac and Qaai are older short names of these two.
        (scripts["qaac"], scripts["qaai"]) = (null, null);
        return scripts;
    }

    private static CodeRanges ReadScript(string looseName)
    {
        looseName = looseName switch { "qaac" => "copt", "qaai" => "zinh", _ => looseName };
        string packed = Array.Find(UnicodeTables.Scripts, script => Loose(script.Name) == looseName || Loose(script.Short) == looseName).Ranges;
        var ranges = new List<(int First, int Last)>();
        int last = 0;
        var numbers = new Queue<int>(Unpack(packed));
        while (numbers.Count > 0)
        {
            int first = last + numbers.Dequeue();
            last = first + numbers.Dequeue();
            ranges.Add((first, last));
        }

        return CodeRanges.Of(ranges);
    }

    private static Dictionary<int, int[]> ReadOrbits()
    {
        var byTarget = new Dictionary<int, List<int>>();
        int code = 0;
        var numbers = new Queue<int>(Unpack(UnicodeTables.Folding));
        while (numbers.Count > 0)
        {
            code += numbers.Dequeue();
            int zigzag = numbers.Dequeue();
            int target = code + ((zigzag & 1) == 0 ? zigzag >> 1 : -((zigzag + 1) >> 1));
            if (!byTarget.TryGetValue(target, out List<int>? orbit))
            {
                byTarget.Add(target, orbit = [target]);
            }

            orbit.Add(code);
        }

        var orbits = new Dictionary<int, int[]>();
        foreach (int[] orbit in byTarget.Values.Select(orbit => orbit.Order().ToArray()))
        {
            foreach (int member in orbit)
            {
                orbits[member] = orbit;
            }
        }

        return orbits;
    }

    private static (int First, UnicodeCategory Category)[] ReadRuns()
    {
        var runs = new List<(int First, UnicodeCategory Category)>();
        foreach ((int first, int last) in s_assigned)
        {
            for (int code = first; code <= last; code++)
            {
                Add(code, CharUnicodeInfo.GetUnicodeCategory(code));
            }

            Add(last + 1, UnicodeCategory.OtherNotAssigned);
        }

        foreach (int first in s_privateUse)
        {
            Add(first, UnicodeCategory.PrivateUse);
            Add(first + 0xFFFE, UnicodeCategory.OtherNotAssigned);
        }

        return [.. runs];

        void Add(int code, UnicodeCategory category)
        {
            if (runs.Count == 0 || runs[^1].Category != category)
            {
                runs.Add((code, category));
            }
        }
    }

    private static IEnumerable<int> Unpack(string packed)
    {
        int number = 0, shift = 0;
        foreach (byte part in Convert.FromBase64String(packed))
        {
            number |= (part & 127) << shift;
            shift += 7;
            if (part < 128)
            {
                yield return number;
                (number, shift) = (0, 0);
            }
        }
    }
}
