namespace StereoSpike.Ingest;

/// <summary>All packets between two endpoints, in both directions.</summary>
public sealed class TrafficFlow
{
    private readonly List<FlowPacket> _packets = [];

    internal TrafficFlow(string name, PacketEndpoint initiator)
    {
        (Name, Initiator) = (name, initiator);
    }

    /// <summary>Protocol and endpoints, as text.</summary>
    public string Name { get; }

    /// <summary>Who sent the first packet: its direction is forward.</summary>
    public PacketEndpoint Initiator { get; }

    /// <summary>Packets in the order of the capture.</summary>
    public IReadOnlyList<FlowPacket> Packets => _packets;

    internal void Add(FlowPacket packet) => _packets.Add(packet);
}
