using System.Runtime.CompilerServices;

namespace StereoSpike.Ingest;

/// <summary>Passes a stream on and keeps what passes as event packets, which <see cref="PacketSource"/> reads again: recording while inferring.</summary>
/// <param name="inner">The stream; disposed with this.</param>
/// <param name="target">Receives the packets; stays the caller's.</param>
public sealed class RecordingTap(IStereoSource inner, Stream target) : IStereoSource
{
    private readonly PacketWriter _writer = new(inner.Rig.Sensor, packet => target.Write(packet.Span));

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public StereoRig Rig => inner.Rig;

    /// <inheritdoc/>
    public StreamFaults Faults => inner.Faults;

    /// <summary>Bytes written so far.</summary>
    public long Bytes => target.Position;

    /// <inheritdoc/>
    public async IAsyncEnumerable<StreamBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (StreamBatch batch in inner.ReadAsync(cancellation).ConfigureAwait(false))
        {
            _writer.Write(batch);
            yield return batch;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
