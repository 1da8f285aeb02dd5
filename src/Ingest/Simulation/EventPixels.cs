using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Ingest;

/// <summary>The pixels of one event camera: each compares the logarithm of its light with the level of its last event.</summary>
/// <remarks><code>
/// ON  when ln I − level ≥ θ_on,  then level += θ_on
/// OFF when level − ln I ≥ θ_off, then level −= θ_off
/// </code>
/// repeated until neither holds; between two pictures ln I is taken as linear in time, which dates each event. An event sooner after
/// its pixel's last one than the refractory time is lost, but still moves the level.
/// Source: Rebecq, Gehrig, Scaramuzza, "ESIM: an Open Event Camera Simulator", CoRL 2018.</remarks>
internal sealed class EventPixels
{
    private readonly SensorSize _sensor;
    private readonly EventCameraModel _model;
    private readonly float[] _thresholdOn;
    private readonly float[] _thresholdOff;
    private readonly float[] _level;
    private readonly float[] _lastLog;
    private readonly float[] _lastInverseDepth;
    private readonly long[] _lastEventUs;
    private readonly double _driftPhase;

    /// <summary>Makes the pixels of a camera and lets them adapt to a first picture.</summary>
    /// <param name="sensor">The camera's size.</param>
    /// <param name="model">How its pixels behave.</param>
    /// <param name="draws">Draws thresholds and first levels.</param>
    /// <param name="intensity">First picture, shape [H,W], greater than 0.</param>
    /// <param name="inverseDepth">1/z of the nearest surface of each pixel, shape [H,W].</param>
    public EventPixels(SensorSize sensor, EventCameraModel model, SeededDraws draws, ReadOnlySpan<float> intensity, ReadOnlySpan<float> inverseDepth)
    {
        _sensor = sensor;
        _model = model;
        _thresholdOn = new float[sensor.Pixels];
        _thresholdOff = new float[sensor.Pixels];
        _level = new float[sensor.Pixels];
        _lastLog = new float[sensor.Pixels];
        _lastInverseDepth = inverseDepth.ToArray();
        _lastEventUs = new long[sensor.Pixels];
        Array.Fill(_lastEventUs, long.MinValue / 2);
        _driftPhase = draws.Uniform(0, 2 * Math.PI);
        Logarithm(intensity, _lastLog);
        for (int i = 0; i < _level.Length; i++)
        {
            _thresholdOn[i] = (float)(model.ThresholdOn * Math.Exp(model.ThresholdSpread * draws.Normal()));
            _thresholdOff[i] = (float)(model.ThresholdOff * Math.Exp(model.ThresholdSpread * draws.Normal()));

            // Held within the zone that the drift leaves dead, lest every pixel fire once at the start.
            double dead = model.StartSpread * 0.999 * Math.Exp(-model.ThresholdDrift);
            _level[i] = _lastLog[i] + (float)(dead * draws.Uniform(-(double)_thresholdOn[i], _thresholdOff[i]));
        }
    }

    /// <summary>1/z of the nearest surface seen in the last picture, 1/metres.</summary>
    public float NearestInverseDepth { get; private set; }

    /// <summary>Shows the next picture.</summary>
    /// <param name="intensity">Shape [H,W], greater than 0.</param>
    /// <param name="inverseDepth">1/z of the nearest surface of each pixel, shape [H,W], 1/metres.</param>
    /// <param name="fromUs">When the last picture was seen.</param>
    /// <param name="toUs">When this one is; later.</param>
    /// <param name="focalBaselinePxMetres">Turns 1/z into a disparity.</param>
    /// <param name="events">Receives the events of [from, to), not yet in order.</param>
    public void Advance(
        ReadOnlySpan<float> intensity, ReadOnlySpan<float> inverseDepth, long fromUs, long toUs, float focalBaselinePxMetres, LabelledEvents events)
    {
        float drift = (float)Math.Exp(_model.ThresholdDrift * Math.Sin((2 * Math.PI * fromUs / 3e6) + _driftPhase));
        var step = new Step(fromUs, toUs, drift, focalBaselinePxMetres, events);
        Vector256<float> nearest = Vector256<float>.Zero, scale = Vector256.Create(drift);
        int width = Vector256<float>.Count, pixel = 0;
        for (; pixel <= intensity.Length - width; pixel += width)
        {
            Vector256<float> log = Vector256.Log(Load(intensity, pixel)), change = log - Load(_level, pixel);
            Vector256<float> fires = Vector256.GreaterThanOrEqual(change, Load(_thresholdOn, pixel) * scale)
                | Vector256.GreaterThanOrEqual(-change, Load(_thresholdOff, pixel) * scale);
            Vector256<float> now = Load(inverseDepth, pixel);
            nearest = Vector256.Max(nearest, now);
            for (uint lanes = fires.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
            {
                int lane = System.Numerics.BitOperations.TrailingZeroCount(lanes);
                Fire(pixel + lane, log[lane], now[lane], step);
            }

            log.CopyTo(_lastLog, pixel);
            now.CopyTo(_lastInverseDepth, pixel);
        }

        NearestInverseDepth = Math.Max(Reduce(nearest), AdvanceScalar(intensity, inverseDepth, pixel, step));
    }

    /// <summary>The plain twin of the vector loop, for the pixels that do not fill a vector.</summary>
    private float AdvanceScalar(ReadOnlySpan<float> intensity, ReadOnlySpan<float> inverseDepth, int pixel, in Step step)
    {
        float nearest = 0;
        for (; pixel < intensity.Length; pixel++)
        {
            float log = MathF.Log(intensity[pixel]), change = log - _level[pixel];
            if (change >= _thresholdOn[pixel] * step.Drift || -change >= _thresholdOff[pixel] * step.Drift)
            {
                Fire(pixel, log, inverseDepth[pixel], step);
            }

            _lastLog[pixel] = log;
            _lastInverseDepth[pixel] = inverseDepth[pixel];
            nearest = Math.Max(nearest, inverseDepth[pixel]);
        }

        return nearest;
    }

    private void Fire(int pixel, float log, float inverseDepth, in Step step)
    {
        bool on = log > _level[pixel];
        float threshold = (on ? _thresholdOn[pixel] : _thresholdOff[pixel]) * step.Drift;
        float direction = on ? threshold : -threshold;
        float last = _lastLog[pixel];

        // An outline is the nearer surface's, while it comes as well as while it goes.
        float disparity = Math.Max(inverseDepth, _lastInverseDepth[pixel]) * step.FocalBaselinePxMetres;
        while ((log - _level[pixel]) / direction >= 1f)
        {
            _level[pixel] += direction;
            float share = Math.Clamp((_level[pixel] - last) / (log - last), 0f, 1f);   // a drifting threshold may already have been crossed
            long time = Math.Min(step.FromUs + (long)(share * (step.ToUs - step.FromUs)), step.ToUs - 1);
            if (time - _lastEventUs[pixel] >= _model.RefractoryUs)
            {
                _lastEventUs[pixel] = time;
                step.Events.Add(
                    new DvsEvent(time, (ushort)(pixel % _sensor.Width), (ushort)(pixel / _sensor.Width), on ? Polarity.On : Polarity.Off), disparity);
            }
        }
    }

    private static void Logarithm(ReadOnlySpan<float> intensity, Span<float> log)
    {
        int width = Vector256<float>.Count, pixel = 0;
        for (; pixel <= intensity.Length - width; pixel += width)
        {
            Vector256.Log(Load(intensity, pixel)).CopyTo(log[pixel..]);
        }

        for (; pixel < intensity.Length; pixel++)
        {
            log[pixel] = MathF.Log(intensity[pixel]);
        }
    }

    private static float Reduce(Vector256<float> values)
    {
        float largest = values[0];
        for (int i = 1; i < Vector256<float>.Count; i++)
        {
            largest = Math.Max(largest, values[i]);
        }

        return largest;
    }

    private static Vector256<float> Load(ReadOnlySpan<float> from, int index) =>
        Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(from), (nuint)index);

    private readonly record struct Step(long FromUs, long ToUs, float Drift, float FocalBaselinePxMetres, LabelledEvents Events);
}
