using System.Runtime.CompilerServices;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Event packets (<see cref="EventPacket"/>) from standard input, another pipe, or a file that <c>--record</c> wrote.</summary>
public sealed class PacketSource : IStereoSource
{
    private readonly Stream _source;
    private readonly PacketReceiver _receiver;

    /// <summary>Reads a stream of bytes.</summary>
    /// <param name="source">The bytes; disposed with this.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="rig">The cameras.</param>
    public PacketSource(Stream source, string name, StereoRig rig)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rig);
        (_source, Name, Rig) = (source, name, rig);
        _receiver = new PacketReceiver(rig.Sensor, Faults);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var packet = new byte[EventPacket.MaximumBytes];
        for (long place = 0; ;)
        {
            int got = await _source.ReadAtLeastAsync(packet.AsMemory(0, EventPacket.HeadBytes), EventPacket.HeadBytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            if (got == 0)
            {
                yield break;
            }

            int length = Measure(packet, got, place);
            got += await _source.ReadAtLeastAsync(packet.AsMemory(got, length - got), length - got, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            if (got < length)
            {
                throw Damaged(place, $"ends after {got} bytes of a packet of {length}");
            }

            if (_receiver.Take(packet.AsSpan(0, length), out StreamBatch? batch) is { } wrong)
            {
                throw Damaged(place, wrong);
            }

            if (batch is { } sound)
            {
                yield return sound;
            }

            place += length;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private int Measure(byte[] packet, int got, long place)
    {
        string? wrong = got < EventPacket.HeadBytes ? $"ends after {got} bytes of a packet's head of {EventPacket.HeadBytes}" : EventPacket.Measure(packet, out _);
        if (wrong is not null)
        {
            Faults.AddMalformed();
            throw Damaged(place, wrong);
        }

        _ = EventPacket.Measure(packet, out int length);
        return length;
    }

    /// <summary>A stream of bytes cannot be entered again once a packet's length is in doubt, so it ends there.</summary>
    private InvalidDataException Damaged(long place, string wrong) =>
        BadFile.Error(Name, $"packet at byte {place}", wrong, "Send the packets that docs/live.md describes, of the rig's sensor (--rig).");
}
