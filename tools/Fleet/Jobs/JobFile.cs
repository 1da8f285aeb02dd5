namespace StereoSpike.Fleet;

/// <summary>A file that a job reads beside its recording.</summary>
/// <param name="Path">Below the shared folder, with / between folders; or a name that the program knows itself, such as that of a network that ships.</param>
/// <param name="Sha256">Of its content; null where <paramref name="Path"/> is a known name.</param>
public sealed record JobFile(string Path, string? Sha256);
