namespace StereoSpike.Ingest;

/// <summary>What the head of an <see cref="EventPacket"/> says.</summary>
/// <param name="Kind">Events, clock or restart.</param>
/// <param name="Camera">Which camera's.</param>
/// <param name="Count">Number of events.</param>
/// <param name="Number">The packet's number among its camera's, wrapping.</param>
/// <param name="TimeUs">Its time t₀, µs.</param>
public readonly record struct EventPacketHead(BatchKind Kind, Camera Camera, int Count, uint Number, long TimeUs);
