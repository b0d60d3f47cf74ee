using Fleet.Agent.Searching;
using Fleet.LogSearch.Files;
using V1 = Fleet.Protocol.V1;

namespace Fleet.Agent.Tailing;

/// <summary>A source of a tail, which may stand for several files.</summary>
internal sealed class TailSource(V1.LogSource source)
{
    /// <summary>As it was asked for.</summary>
    public V1.LogSource Asked { get; } = source;

    /// <summary>What it is called where it stands for nothing.</summary>
    public string Name { get; } = SearchSources.NameOf(source);

    /// <summary>Whether it may come to stand for other files than now.</summary>
    public bool IsGlob { get; } = source.Files is { } files && FileSet.IsGlob(files.Path);

    /// <summary>What it stands for.</summary>
    public List<TailLog> Logs { get; } = [];

    /// <summary>Why it stands for nothing, or not for all; empty when it does.</summary>
    public string Fault { get; set; } = "";

    /// <summary>What was last said of it.</summary>
    public string ToldFault { get; set; } = "";
}
