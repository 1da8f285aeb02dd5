using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace StereoSpike.Ingest;

/// <summary>A source that misbehaves on purpose: a flood of events in packets that stall, come out of order, twice, damaged or not at all, with a clock that jumps. For soak tests.</summary>
/// <remarks>
/// Packets are real ones, read by the reader that sockets use; only their bytes come from here. Everything but the time of the clock follows from the seed. A millisecond of the stream is due a
/// millisecond after the one before, or as soon after as the machine allows.
/// </remarks>
public sealed class FloodSource : IStereoSource
{
    private const int TickUs = 1_000, Drawn = 32;
    private readonly double _eventsPerSecond;
    private readonly Random _random;
    private readonly PacketReceiver _receiver;
    private readonly byte[][] _packets = new byte[Drawn][];
    private readonly uint[] _numbers = new uint[2];
    private readonly Queue<byte[]> _delayed = new();
    private long _sent;

    /// <summary>Makes one.</summary>
    /// <param name="rig">The cameras.</param>
    /// <param name="eventsPerSecond">Events of both cameras a second, greater than 0.</param>
    /// <param name="seed">Seed of events and misbehaviour.</param>
    /// <param name="misbehaves">Whether it does anything wrong but be a flood.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not greater than 0.</exception>
    public FloodSource(StereoRig rig, double eventsPerSecond, int seed, bool misbehaves = true)
    {
        ArgumentNullException.ThrowIfNull(rig);
        Rig = rig;
        _eventsPerSecond = Guard.Within(Guard.Above(eventsPerSecond, 0.0), 0.0, 1e9, nameof(eventsPerSecond));
        _random = new Random(seed);
        Misbehaves = misbehaves;
        _receiver = new PacketReceiver(rig.Sensor, Faults);
        Draw();
    }

    /// <inheritdoc/>
    public string Name => "flood";

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <summary>Whether it does anything wrong but be a flood.</summary>
    public bool Misbehaves { get; }

    /// <summary>Events in whole packets that were sent, repeated ones twice: those that came in and those that were repeated must add up to this.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        long began = Stopwatch.GetTimestamp(), timeUs = 0;
        double owed = 0;
        for (long tick = 0; ; tick++)
        {
            cancellation.ThrowIfCancellationRequested();
            long due = began + (tick * TickUs * (Stopwatch.Frequency / 1_000_000));
            if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is { TotalMilliseconds: >= 1 } wait)
            {
                await Task.Delay(wait, cancellation).ConfigureAwait(false);
            }

            owed += _eventsPerSecond * TickUs / 1e6 / 2;
            for (; owed >= 1; owed -= Math.Min(owed, EventPacket.MaximumEvents))
            {
                int count = (int)Math.Min(owed, EventPacket.MaximumEvents);
                for (Camera camera = Camera.Left; camera <= Camera.Right; camera++)
                {
                    foreach (ReadOnlyMemory<byte> packet in Misbehave(Packet(camera, count, timeUs)))
                    {
                        if (_receiver.Take(packet.Span, out StreamBatch? batch) is null)
                        {
                            Interlocked.Add(ref _sent, (packet.Length - EventPacket.HeadBytes) / EventPacket.EventBytes);
                        }

                        if (batch is { } sound)
                        {
                            yield return sound;
                        }
                    }
                }
            }

            timeUs += TickUs;
            if (Misbehaves)
            {
                if (_random.Next(2_000) == 0)
                {
                    await Task.Delay(_random.Next(20, 300), cancellation).ConfigureAwait(false);   // a stall: the camera went on, and a burst follows
                }

                if (_random.Next(5_000) == 0)
                {
                    timeUs += _random.Next(-20, 20) * 1_000_000L;   // another sender, or a cable pulled
                    _receiver.Reset();
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Draws packets of events anywhere on the sensor, one in a thousand off it; sent again and again with another head.</summary>
    private void Draw()
    {
        var events = new DvsEvent[EventPacket.MaximumEvents];
        for (int i = 0; i < Drawn; i++)
        {
            for (int k = 0; k < events.Length; k++)
            {
                bool off = Misbehaves && _random.Next(1_000) == 0;
                events[k] = new DvsEvent(
                    k * (long)TickUs / events.Length, (ushort)(off ? Rig.Sensor.Width + 7 : _random.Next(Rig.Sensor.Width)), (ushort)_random.Next(Rig.Sensor.Height), (Polarity)_random.Next(2));
            }

            _packets[i] = new byte[EventPacket.MaximumBytes];
            EventPacket.Write(_packets[i], Rig.Sensor, Camera.Left, 0, events);
        }
    }

    /// <returns>A packet, valid until the next is made.</returns>
    private ReadOnlyMemory<byte> Packet(Camera camera, int count, long timeUs)
    {
        byte[] packet = _packets[_random.Next(Drawn)];
        packet[5] = (byte)camera;
        BinaryPrimitives.WriteUInt16LittleEndian(packet.AsSpan(6), (ushort)count);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), _numbers[(int)camera]++);
        BinaryPrimitives.WriteInt64LittleEndian(packet.AsSpan(16), timeUs);
        return packet.AsMemory(0, EventPacket.HeadBytes + (count * EventPacket.EventBytes));
    }

    /// <summary>What becomes of a packet on its way: as a rule, it arrives.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Misbehave(ReadOnlyMemory<byte> packet)
    {
        int fate = Misbehaves ? _random.Next(1_000) : int.MaxValue;
        if (fate < 4)
        {
            yield break;   // lost
        }

        if (fate < 8)
        {
            byte[] damaged = packet.ToArray();
            damaged[_random.Next(16)] ^= 0xFF;   // whatever stands in the first 16 bytes but the packet's number is checked
            yield return fate < 6 ? damaged[..^1] : damaged;
        }

        if (fate < 20)
        {
            _delayed.Enqueue(packet.ToArray());
            yield break;
        }

        yield return packet;
        if (fate < 24)
        {
            yield return packet;
        }

        if (_delayed.Count > 0 && _random.Next(50) == 0)
        {
            yield return _delayed.Dequeue();   // by now its steps may be closed
        }
    }
}
