namespace Fleet.Protocol.Targets;

/// <summary>Where a key is looked up.</summary>
internal enum KeyScope
{
    /// <summary>Among the labels, then among the facts.</summary>
    Any,

    /// <summary>Among the labels only.</summary>
    Label,

    /// <summary>Among the facts only.</summary>
    Fact,

    /// <summary>The agent's name.</summary>
    Name,
}
