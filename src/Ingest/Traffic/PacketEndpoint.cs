namespace StereoSpike.Ingest;

/// <summary>One end of a flow.</summary>
/// <param name="Address">IPv6 address; IPv4 ones are mapped into ::ffff:0:0/96.</param>
/// <param name="Port">TCP or UDP port; 0 for other protocols and for later fragments.</param>
public readonly record struct PacketEndpoint(UInt128 Address, ushort Port)
{
    /// <summary>Whether this end comes before another: by address, then by port.</summary>
    public bool Precedes(PacketEndpoint other) => Address == other.Address ? Port < other.Port : Address < other.Address;
}
