namespace StereoSpike.Ingest;

/// <summary>What was wrong with what a stream received, counted. Safe to read while it runs.</summary>
public sealed class StreamFaults
{
    private long _malformed;
    private long _lost;
    private long _repeatedEvents;
    private long _connections;
    private long _refusedConnections;

    /// <summary>Packets that were no packets: their bytes were thrown away, and a connection that sent them was closed.</summary>
    public long MalformedPackets => Volatile.Read(ref _malformed);

    /// <summary>Packets that were sent, by their numbers, and never came. One that comes late after all is taken off again.</summary>
    public long LostPackets => Volatile.Read(ref _lost);

    /// <summary>Events of packets that came a second time; they are not handed out.</summary>
    public long RepeatedEvents => Volatile.Read(ref _repeatedEvents);

    /// <summary>Connections taken so far.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Connections refused because as many as are allowed were there.</summary>
    public long RefusedConnections => Volatile.Read(ref _refusedConnections);

    internal void AddMalformed() => Interlocked.Increment(ref _malformed);

    internal void AddLost(long packets) => Interlocked.Add(ref _lost, packets);

    internal void AddRepeated(long events) => Interlocked.Add(ref _repeatedEvents, events);

    internal void AddConnection() => Interlocked.Increment(ref _connections);

    internal void AddRefusedConnection() => Interlocked.Increment(ref _refusedConnections);
}
