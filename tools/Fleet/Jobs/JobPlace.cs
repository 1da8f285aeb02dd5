namespace StereoSpike.Fleet;

/// <summary>Where a job's files are on this machine.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Files">The values of options that are files.</param>
/// <param name="Folder">Where the result is written, aside; it exists and is empty.</param>
/// <param name="Parts">For joining: the folders of the parts, in the order of their frames.</param>
public sealed record JobPlace(string Recording, IReadOnlyDictionary<string, string> Files, string Folder, IReadOnlyList<string> Parts);
