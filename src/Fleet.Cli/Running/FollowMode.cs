namespace Fleet.Cli.Running;

/// <summary>What a job is to the command that follows it.</summary>
internal enum FollowMode
{
    /// <summary>Its own: it has just created it.</summary>
    Own = 0,

    /// <summary>One that is there already, followed to its end.</summary>
    Watch,

    /// <summary>One that is there already, shown as it stands.</summary>
    Look,
}
