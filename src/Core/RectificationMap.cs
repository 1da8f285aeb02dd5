using System.Runtime.CompilerServices;

namespace StereoSpike;

/// <summary>Where each raw pixel of a camera lies in the rectified image, in which both cameras share their rows.</summary>
/// <remarks>
/// Looked up at <c>[y, x]</c>, rounded to the nearest pixel, halves upwards; a pixel whose target leaves the sensor is dropped.
/// (The code published with StereoSpike truncates instead and admits column 346 of 346.)
/// </remarks>
public sealed class RectificationMap
{
    private readonly int[] _targets;

    /// <summary>Makes a map from the rectified coordinates of every raw pixel.</summary>
    /// <param name="sensor">The sensor's size, of the raw and of the rectified image.</param>
    /// <param name="x">Rectified column of each raw pixel, shape [H,W], px; copied.</param>
    /// <param name="y">Rectified row of each raw pixel, shape [H,W], px; copied.</param>
    /// <exception cref="ArgumentException">A span does not hold H·W values, or one is not finite.</exception>
    public RectificationMap(SensorSize sensor, ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Guard.Length(x.Length, sensor.Pixels, nameof(x));
        Guard.Length(y.Length, sensor.Pixels, nameof(y));
        Sensor = sensor;
        X = x.ToArray();
        Y = y.ToArray();
        _targets = new int[sensor.Pixels];
        for (int i = 0; i < _targets.Length; i++)
        {
            _targets[i] = Target(sensor, x[i], y[i], i);
        }
    }

    /// <summary>The sensor's size.</summary>
    public SensorSize Sensor { get; }

    /// <summary>Rectified column of each raw pixel, shape [H,W], px.</summary>
    public ReadOnlyMemory<float> X { get; }

    /// <summary>Rectified row of each raw pixel, shape [H,W], px.</summary>
    public ReadOnlyMemory<float> Y { get; }

    /// <summary>For each raw pixel y·W + x, the rectified pixel y'·W + x' it falls on, or −1 where that leaves the sensor; shape [H,W].</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>Share of raw pixels that fall outside the rectified image, 0..1.</summary>
    public double DroppedPixelShare => (double)_targets.Count(target => target < 0) / _targets.Length;

    /// <summary>Moves a raw pixel to its place in the rectified image.</summary>
    /// <param name="x">Raw column; must lie on the sensor.</param>
    /// <param name="y">Raw row; must lie on the sensor.</param>
    /// <param name="rectifiedX">Rectified column.</param>
    /// <param name="rectifiedY">Rectified row.</param>
    /// <returns>False where the target leaves the sensor: the event is dropped.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMap(int x, int y, out ushort rectifiedX, out ushort rectifiedY)
    {
        int target = _targets[(y * Sensor.Width) + x];
        rectifiedX = (ushort)((uint)target % (uint)Sensor.Width);
        rectifiedY = (ushort)((uint)target / (uint)Sensor.Width);
        return target >= 0;
    }

    private static int Target(SensorSize sensor, float x, float y, int pixel)
    {
        if (!float.IsFinite(x) || !float.IsFinite(y))
        {
            throw new ArgumentException($"The rectification map is not finite at raw pixel x = {pixel % sensor.Width}, y = {pixel / sensor.Width}.");
        }

        double column = Math.Floor(x + 0.5), row = Math.Floor(y + 0.5);
        return column >= 0 && column < sensor.Width && row >= 0 && row < sensor.Height
            ? ((int)row * sensor.Width) + (int)column
            : -1;
    }
}
