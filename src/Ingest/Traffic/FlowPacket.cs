namespace StereoSpike.Ingest;

/// <summary>A packet of a flow.</summary>
/// <param name="TimestampUs">When it was captured, µs.</param>
/// <param name="Length">Length of the IP packet, bytes.</param>
/// <param name="Forward">Whether the flow's initiator sent it.</param>
public readonly record struct FlowPacket(long TimestampUs, int Length, bool Forward);
