using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace StereoSpike.Ingest;

/// <summary>Events over UDP as AEStream sends them (<c>output udp</c>) and SpiNNaker's SPIF boards take them: the left camera on one port, the right one on the next.</summary>
/// <remarks>
/// Words of 32 bits, little endian: bit 31 set where no time follows, bits 16 to 30 the column, bit 15 set for ON, bits 0 to 14 the row; then, where bit 31 is not set, a word of µs. The format has
/// neither numbers nor a sensor's size, so losses cannot be told and events off the sensor are counted as dropped. Events without a time take that of their arrival, in µs since reading began;
/// times wrap at 2³² and are unrolled. A stream either has times or has none: of another kind than its first, a datagram is malformed.
/// Source: J. E. Pedersen et al., "AEStream: Accelerated event-based processing with coroutines", arXiv:2212.10719, and its udp output.
/// </remarks>
public sealed class SpifSource : IStereoSource
{
    private const int MostWaiting = 16, MostWords = 1 << 14;
    private readonly DatagramPort[] _ports;

    /// <summary>Opens two ports.</summary>
    /// <param name="left">Where the left camera's events come; the right one's come to the port after it.</param>
    /// <param name="rig">The cameras.</param>
    /// <exception cref="IOException">A port is in use, or may not be opened.</exception>
    public SpifSource(IPEndPoint left, StereoRig rig)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(rig);
        Rig = rig;
        var first = new DatagramPort("spif", left);
        try
        {
            _ports = [first, new DatagramPort("spif", new IPEndPoint(left.Address, Guard.Within(first.Address.Port + 1, 2, IPEndPoint.MaxPort, nameof(left))))];
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>Where a camera's events are expected.</summary>
    public IPEndPoint Address(Camera camera) => _ports[(int)camera].Address;

    /// <inheritdoc/>
    public string Name => _ports[0].Name;

    /// <inheritdoc/>
    public StereoRig Rig { get; }

    /// <inheritdoc/>
    public StreamFaults Faults { get; } = new();

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<StreamBatch> arrived = Channel.CreateBounded<StreamBatch>(MostWaiting);
        long began = Stopwatch.GetTimestamp();
        Task[] receiving = [ReceiveAsync(Camera.Left, began, arrived.Writer, stopping.Token), ReceiveAsync(Camera.Right, began, arrived.Writer, stopping.Token)];
        try
        {
            await foreach (StreamBatch batch in arrived.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                yield return batch;
            }
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (DatagramPort port in _ports)
        {
            port.Dispose();
        }
    }

    private async Task ReceiveAsync(Camera camera, long began, ChannelWriter<StreamBatch> target, CancellationToken stopping)
    {
        var clock = new WrappingClock(32);
        bool? timed = null;
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> datagram = await _ports[(int)camera].ReceiveAsync(stopping).ConfigureAwait(false);
                long now = Stopwatch.GetTimestamp();
                if (Decode(datagram.Span, ref timed, ref clock, (long)Stopwatch.GetElapsedTime(began, now).TotalMicroseconds) is { } events)
                {
                    await target.WriteAsync(StreamBatch.Of(camera, events, now), stopping).ConfigureAwait(false);
                }
                else
                {
                    Faults.AddMalformed();
                }
            }
        }
        catch (Exception end) when (end is not OperationCanceledException)
        {
            target.TryComplete(end);
        }
    }

    /// <summary>Reads the events of a datagram.</summary>
    /// <returns>Null where it is malformed: not of whole words or events, empty, or of another kind than those before.</returns>
    private static DvsEvent[]? Decode(ReadOnlySpan<byte> datagram, ref bool? timed, ref WrappingClock clock, long arrivalUs)
    {
        if (datagram.Length is 0 or > MostWords * sizeof(uint) || datagram.Length % sizeof(uint) != 0)
        {
            return null;
        }

        bool hasTimes = (BinaryPrimitives.ReadUInt32LittleEndian(datagram) >> 31) == 0;
        int stride = hasTimes ? 2 * sizeof(uint) : sizeof(uint);
        if (datagram.Length % stride != 0 || (timed is { } before && before != hasTimes))
        {
            return null;
        }

        var events = new DvsEvent[datagram.Length / stride];
        for (int i = 0; i < events.Length; i++)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(datagram[(i * stride)..]);
            if ((word >> 31) == 0 != hasTimes)
            {
                return null;
            }

            long timeUs = hasTimes ? clock.Advance(BinaryPrimitives.ReadUInt32LittleEndian(datagram[((i * stride) + sizeof(uint))..])) : arrivalUs;
            events[i] = new DvsEvent(timeUs, (ushort)((word >> 16) & 0x7FFF), (ushort)(word & 0x7FFF), (Polarity)((word >> 15) & 1));
        }

        timed = hasTimes;
        return events;
    }
}
