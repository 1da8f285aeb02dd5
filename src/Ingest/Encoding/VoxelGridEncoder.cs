namespace StereoSpike.Ingest;

/// <summary>Spreads each event, as +1 or −1, over the two time bins nearest to it.</summary>
/// <remarks>
/// Channels are the B bins of the left camera, oldest first, then the B bins of the right. Bin 0 is centred on the window's start
/// and bin B−1 on its end, so no event falls off either side, and a window's sum is its ON minus its OFF events.
/// <code>
/// t*          = (B − 1) (t − start) / (end − start)
/// V[b, y, x] += p max(0, 1 − |b − t*|),   p = +1 for ON, −1 for OFF
/// </code>
/// Source: Zhu et al., "Unsupervised Event-based Learning of Optical Flow, Depth, and Egomotion", CVPR 2019 (arXiv:1812.08156);
/// in this form, Rebecq et al., "High Speed and High Dynamic Range Video with an Event Camera", TPAMI 2021 (arXiv:1906.07165).
/// Both stretch time over the first and last event; here it is stretched over the window, so that both cameras share one time axis.
/// Immutable: one encoder may serve several threads.
/// </remarks>
public sealed class VoxelGridEncoder : IStereoEncoder
{
    /// <summary>The most bins a camera may have.</summary>
    public const int MaximumBins = 1_024;

    /// <summary>Makes the encoder.</summary>
    /// <param name="bins">B, time bins a camera, 1 to <see cref="MaximumBins"/>.</param>
    /// <param name="views">How many cameras it sees: 2, or 1 for the left alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">Either is outside its range.</exception>
    public VoxelGridEncoder(int bins = 5, int views = 2)
    {
        Bins = Guard.Within(bins, 1, MaximumBins, nameof(bins));
        Views = Guard.Within(views, 1, 2, nameof(views));
    }

    /// <summary>B, time bins a camera.</summary>
    public int Bins { get; }

    /// <summary>How many cameras it sees: 1 (the left) or 2.</summary>
    public int Views { get; }

    /// <inheritdoc/>
    public string Name => Views == 2 ? $"voxel:bins={Bins}" : $"voxel:bins={Bins},views=1";

    /// <inheritdoc/>
    public int Channels => Views * Bins;

    /// <inheritdoc/>
    public void Encode(in StereoWindow window, Span<float> destination)
    {
        EncoderDoor.Clear(destination, Channels, window.Sensor);
        int grid = Bins * window.Sensor.Pixels;
        for (int view = 0; view < Views; view++)
        {
            Accumulate(window.Events((Camera)view).Span, window.Window, window.Sensor, destination.Slice(view * grid, grid));
        }
    }

    private void Accumulate(ReadOnlySpan<DvsEvent> events, TimeWindow window, SensorSize sensor, Span<float> voxels)
    {
        int plane = sensor.Pixels, lastBin = Bins - 1;
        double binsPerUs = lastBin / (double)window.DurationUs;
        Span<int> places = stackalloc int[EventPlaces.Piece];
        Span<long> sinceUs = stackalloc long[EventPlaces.Piece];
        for (int first = 0; first < events.Length; first += places.Length)
        {
            Span<int> piece = places[..Math.Min(places.Length, events.Length - first)];
            EventPlaces.Find(events, first, window, sensor, offPlane: 0, piece, sinceUs[..piece.Length]);
            for (int i = 0; i < piece.Length; i++)
            {
                double position = sinceUs[i] * binsPerUs;
                int bin = (int)position;
                float sign = (2 * (int)events[first + i].Polarity) - 1;   // without a branch: polarity is as good as random
                float late = sign * (float)(position - bin);
                int voxel = (bin * plane) + piece[i];
                voxels[voxel] += sign - late;

                // In the last bin, which rounding alone can reach, there is no next one: the whole event stays here.
                voxels[voxel + (bin < lastBin ? plane : 0)] += late;
            }
        }
    }
}
