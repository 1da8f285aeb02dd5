namespace StereoSpike.Ingest;

/// <summary>Two event cameras as they speak: batches of events, in about the order of time, from a recording, a pipe or a network.</summary>
public interface IStereoSource : IDisposable
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>The cameras and their geometry; its maps move raw events to rectified pixels.</summary>
    StereoRig Rig { get; }

    /// <summary>What came in broken, twice or not at all.</summary>
    StreamFaults Faults { get; }

    /// <summary>Reads on until the stream ends or is cancelled. One reader at a time; another may follow it.</summary>
    /// <param name="cancellation">Stops it, also while it waits.</param>
    /// <returns>Batches, each valid until the next is asked for.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidDataException">A file or a pipe is damaged. A network's damage is counted instead.</exception>
    /// <exception cref="IOException">A port is in use, or a file cannot be read.</exception>
    IAsyncEnumerable<StreamBatch> ReadAsync(CancellationToken cancellation = default);
}
