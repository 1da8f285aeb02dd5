namespace StereoSpike.Ingest;

/// <summary>What a packet's headers say.</summary>
/// <param name="TimestampUs">When it was captured, µs of the capture's clock.</param>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">To whom.</param>
/// <param name="Protocol">IP protocol number: 6 TCP, 17 UDP.</param>
/// <param name="Length">Length of the IP packet, bytes.</param>
public readonly record struct PacketHeader(long TimestampUs, PacketEndpoint Source, PacketEndpoint Destination, byte Protocol, int Length);
