namespace StereoSpike.Ingest;

/// <summary>One camera's recording held in memory.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Events">The events, µs since the origin.</param>
/// <param name="OriginUs">The recording's zero on its own clock, µs.</param>
/// <param name="Counts">What became of the events of the file.</param>
public sealed record CameraEventList(string Name, EventArray Events, long OriginUs, EventTextCounts Counts);
