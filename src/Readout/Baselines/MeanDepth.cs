namespace StereoSpike.Readout;

/// <summary>The training set's mean depth at each pixel: what is known without looking at any event.</summary>
/// <remarks>Scored on the test truth with <see cref="DepthErrors"/>, as any prediction; it has seen the training truth only.</remarks>
public sealed class MeanDepth
{
    private readonly double[] _metres;
    private readonly long[] _known;

    /// <summary>Makes an empty mean.</summary>
    /// <param name="sensor">H and W.</param>
    public MeanDepth(SensorSize sensor)
    {
        Sensor = sensor;
        _metres = new double[sensor.Pixels];
        _known = new long[sensor.Pixels];
    }

    /// <summary>H and W.</summary>
    public SensorSize Sensor { get; }

    /// <summary>Adds the truth of a training image.</summary>
    /// <param name="truth">Shape [H,W], metres, NaN where unknown.</param>
    /// <exception cref="ArgumentException">It is of another size.</exception>
    public void Add(DepthMap truth)
    {
        ArgumentNullException.ThrowIfNull(truth);
        if (truth.Sensor != Sensor)
        {
            throw new ArgumentException($"The map is {truth.Sensor} px where the mean is {Sensor}.", nameof(truth));
        }

        for (int i = 0; i < _metres.Length; i++)
        {
            if (!float.IsNaN(truth.Metres[i]))
            {
                _metres[i] += truth.Metres[i];
                _known[i]++;
            }
        }
    }

    /// <summary>The mean so far: at a pixel never known, the mean of all known pixels.</summary>
    /// <returns>Shape [H,W], metres, known everywhere.</returns>
    /// <exception cref="InvalidOperationException">No pixel of any image was known.</exception>
    public DepthMap ToMap()
    {
        long known = _known.Sum();
        if (known == 0)
        {
            throw new InvalidOperationException("No pixel of any training image has a known depth; add labelled images first.");
        }

        double everywhere = _metres.Sum() / known;
        var mean = new float[_metres.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            mean[i] = (float)(_known[i] > 0 ? _metres[i] / _known[i] : everywhere);
        }

        return new DepthMap(Sensor, mean);
    }
}
