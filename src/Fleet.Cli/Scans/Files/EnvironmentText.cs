using System.Text;

namespace Fleet.Cli.Scans.Files;

/// <summary>Puts variables of the environment in the place of <c>${NAME}</c>: what is secret stays out of files. <c>$${</c> is a plain <c>${</c>.</summary>
/// <param name="variable">Reads a variable; null where it is not set.</param>
/// <param name="faults">Takes what is wrong.</param>
/// <param name="unset">Takes the names of variables that are not set; null: that is a fault.</param>
internal sealed class EnvironmentText(Func<string, string?> variable, ScanFaults faults, ISet<string>? unset)
{
    /// <summary>The text with its variables put in; null where one is not set.</summary>
    public string? Expand(YamlScalar text)
    {
        var source = text.Text;
        var result = new StringBuilder(source.Length);
        var isWhole = true;
        for (var i = 0; i < source.Length; i++)
        {
            if (source.AsSpan(i).StartsWith("$${"))
            {
                result.Append('$');
                i++;
            }
            else if (source.AsSpan(i).StartsWith("${"))
            {
                var end = source.IndexOf('}', i);
                isWhole &= Append(result, text, i, end);
                i = end < 0 ? source.Length : end;
                continue;
            }
            else
            {
                result.Append(source[i]);
                continue;
            }

            result.Append('{');
            i++;
        }

        return isWhole ? result.ToString() : null;
    }

    private bool Append(StringBuilder result, YamlScalar text, int begin, int end)
    {
        var name = end < 0 ? "" : text.Text[(begin + 2)..end];
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(s_letters))
        {
            faults.Add(text.PlaceOf(begin), "this is not an environment variable", "write ${NAME}; for the characters themselves write $${");
            return false;
        }

        if (variable(name) is { Length: > 0 } value)
        {
            result.Append(value);
            return true;
        }

        if (unset is null)
            faults.Add(text.PlaceOf(begin), $"environment variable {name} is not set", $"set it: {name}=... fleet scan apply ...");
        else
            unset.Add(name);
        return false;
    }

    private static readonly System.Buffers.SearchValues<char> s_letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}
