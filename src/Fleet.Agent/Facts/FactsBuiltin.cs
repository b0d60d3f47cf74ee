using System.Text;
using Fleet.Agent.Execution;

namespace Fleet.Agent.Facts;

/// <summary>The built-in step "facts": prints the host's facts, <c>name=value</c>, a line each.</summary>
internal static class FactsBuiltin
{
    public static Builtin Create(HostFacts facts) => async (_, write, _) =>
    {
        var text = new StringBuilder();
        foreach (var (name, value) in facts.Collect())
            text.Append(name).Append('=').Append(value.ReplaceLineEndings(" ")).Append('\n');
        await write(Encoding.UTF8.GetBytes(text.ToString()));
        return 0;
    };
}
