namespace StereoSpike.Ingest;

/// <summary>Events that no light caused: a Poisson process over all pixels, and one over the hot ones.</summary>
internal sealed class PixelNoise
{
    private readonly SensorSize _sensor;
    private readonly EventCameraModel _model;
    private readonly SeededDraws _draws;
    private readonly int[] _hotPixels;
    private readonly double _backgroundPerUs;
    private readonly double _hotPerUs;
    private double _nextBackgroundUs;
    private double _nextHotUs;

    public PixelNoise(SensorSize sensor, EventCameraModel model, SeededDraws draws)
    {
        _sensor = sensor;
        _model = model;
        _draws = draws;
        _hotPixels = [.. Enumerable.Range(0, Math.Min(model.HotPixels, sensor.Pixels)).Select(_ => draws.NextIndex(sensor.Pixels))];
        _backgroundPerUs = model.NoiseHz * sensor.Pixels * 1e-6;
        _hotPerUs = model.HotPixelHz * _hotPixels.Length * 1e-6;
        _nextBackgroundUs = draws.Exponential(_backgroundPerUs);
        _nextHotUs = draws.Exponential(_hotPerUs);
    }

    /// <summary>Adds the noise before an instant that was not added yet.</summary>
    /// <param name="endUs">The instant, µs.</param>
    /// <param name="events">Receives the events; their disparity is NaN.</param>
    public void AddUntil(long endUs, LabelledEvents events)
    {
        for (; _nextBackgroundUs < endUs; _nextBackgroundUs += _draws.Exponential(_backgroundPerUs))
        {
            Add((long)_nextBackgroundUs, _draws.NextIndex(_sensor.Pixels), events);
        }

        for (; _nextHotUs < endUs; _nextHotUs += _draws.Exponential(_hotPerUs))
        {
            Add((long)_nextHotUs, _hotPixels[_draws.NextIndex(_hotPixels.Length)], events);
        }
    }

    private void Add(long timeUs, int pixel, LabelledEvents events) =>
        events.Add(
            new DvsEvent(timeUs, (ushort)(pixel % _sensor.Width), (ushort)(pixel / _sensor.Width), _draws.Chance(_model.NoiseOnShare) ? Polarity.On : Polarity.Off),
            float.NaN);
}
