namespace Fleet.Controller.Artifacts;

/// <summary>An agent to be installed or upgraded to: a tarball named as <see cref="Fleet.Protocol.ArtifactNames"/> has it.</summary>
/// <param name="Path">Where it is. The file's name has plain characters only: it goes into a shell script.</param>
/// <param name="Version">The agent's version.</param>
/// <param name="Architecture">What hosts it is for.</param>
/// <param name="Sha256">Of the file, in hexadecimal.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="IsBrought">Whether an operator brought it.</param>
internal sealed record AgentArtifact(string Path, string Version, string Architecture, string Sha256, long Bytes, bool IsBrought)
{
    /// <summary>Its name without the directory.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);
}
