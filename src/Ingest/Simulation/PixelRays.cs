using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>The direction each pixel looks in, and the tiles of pixels that are rendered together.</summary>
/// <remarks>A ray is (rx, ry, 1) in the rectified camera's axes, so the point it meets at depth z is z·(rx, ry, 1), distorted lens or not.</remarks>
internal sealed class PixelRays
{
    public const int TileWidth = 16;
    public const int TileHeight = 8;

    private PixelRays(SensorSize sensor, float[] x, float[] y)
    {
        Sensor = sensor;
        X = x;
        Y = y;
        Tiles = [.. TileOrigins(sensor).Select(origin => MakeTile(origin.X, origin.Y))];
    }

    public SensorSize Sensor { get; }

    /// <summary>rx of every pixel, shape [H,W].</summary>
    public float[] X { get; }

    /// <summary>ry of every pixel, shape [H,W].</summary>
    public float[] Y { get; }

    public Tile[] Tiles { get; }

    /// <summary>The rays of a camera's own pixels: through its rectification where it has one.</summary>
    /// <param name="rig">The cameras.</param>
    /// <param name="camera">Which one.</param>
    /// <param name="rowOffsetPx">How many rows lower than it should the camera sees everything.</param>
    public static PixelRays OfSensor(StereoRig rig, Camera camera, float rowOffsetPx)
    {
        RectificationMap? map = rig.Map(camera);
        return map is null
            ? Rectified(rig, rowOffsetPx)
            : Of(rig, i => map.X.Span[i], i => map.Y.Span[i] - rowOffsetPx);
    }

    /// <summary>The rays of the rectified pixels, in which depth maps are made.</summary>
    public static PixelRays Rectified(StereoRig rig, float rowOffsetPx = 0f)
    {
        int width = rig.Sensor.Width;
        return Of(rig, i => i % width, i => (i / width) - rowOffsetPx);
    }

    private static PixelRays Of(StereoRig rig, Func<int, float> column, Func<int, float> row)
    {
        var x = new float[rig.Sensor.Pixels];
        var y = new float[rig.Sensor.Pixels];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (float)((column(i) - rig.CentreXPx) / rig.FocalPx);
            y[i] = (float)((row(i) - rig.CentreYPx) / rig.FocalPx);
        }

        return new PixelRays(rig.Sensor, x, y);
    }

    /// <summary>Tiles cover the sensor; those at the right and lower border reach back over their neighbours rather than off the sensor.</summary>
    private static IEnumerable<(int X, int Y)> TileOrigins(SensorSize sensor)
    {
        for (int y = 0; y < sensor.Height; y += TileHeight)
        {
            for (int x = 0; x < sensor.Width; x += TileWidth)
            {
                yield return (Math.Min(x, sensor.Width - TileWidth), Math.Min(y, sensor.Height - TileHeight));
            }
        }
    }

    private Tile MakeTile(int left, int top)
    {
        var low = new Vector2(float.PositiveInfinity);
        var high = new Vector2(float.NegativeInfinity);
        for (int y = top; y < top + TileHeight; y++)
        {
            for (int x = left; x < left + TileWidth; x++)
            {
                Vector2 ray = At(x, y);
                low = Vector2.Min(low, ray);
                high = Vector2.Max(high, ray);
            }
        }

        // The ray's change from one pixel to the next, as the side of the square of equal area.
        Vector2 across = (At(left + TileWidth - 1, top) - At(left, top)) / (TileWidth - 1);
        Vector2 down = (At(left, top + TileHeight - 1) - At(left, top)) / (TileHeight - 1);
        float pitch = MathF.Sqrt(Math.Abs((across.X * down.Y) - (across.Y * down.X)));
        return new Tile((top * Sensor.Width) + left, (low + high) / 2f, (high - low) / 2f, pitch);
    }

    private Vector2 At(int x, int y) => new(X[(y * Sensor.Width) + x], Y[(y * Sensor.Width) + x]);

    /// <summary>A tile: index of its first pixel, middle and half extent of its rays, and ray units a pixel.</summary>
    public readonly record struct Tile(int First, Vector2 Middle, Vector2 Reach, float Pitch);
}
