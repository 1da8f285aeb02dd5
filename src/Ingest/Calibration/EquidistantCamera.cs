namespace StereoSpike.Ingest;

/// <summary>A camera with a fisheye lens and the plane its pictures are rectified to: leads raw pixels to rectified ones and back.</summary>
/// <remarks>
/// The equidistant (Kannala–Brandt) lens:
/// <code>
/// (a, b, c) = Rᵀ · ((x − cx') / f', (y − cy') / f', 1)     ray of the rectified pixel, in the raw camera
/// r  = √(a² + b²) / c,  θ = atan r                          angle from the optical axis
/// θd = θ · (1 + k1·θ² + k2·θ⁴ + k3·θ⁶ + k4·θ⁸)
/// (u, v) = (fx · θd/r · a/c + cx,  fy · θd/r · b/c + cy)    raw pixel
/// </code>
/// <see cref="RectifiedToRaw"/> is this closed form; <see cref="RawToRectified"/> inverts θd by Newton's method, as OpenCV's
/// <c>fisheye::undistortPoints</c> with R and P does. Pixel centres have whole coordinates.
/// Source: Kannala, Brandt, "A Generic Camera Model and Calibration Method for Conventional, Wide-Angle, and Fish-Eye Lenses", PAMI 2006;
/// coefficients as in Kalibr's model "pinhole-equi".
/// Where the polynomial stops growing, or the ray stands sideways, the model says nothing, and both methods return NaN.
/// </remarks>
public sealed class EquidistantCamera
{
    private const double OffPlanePx = -1e6;   // the mark OpenCV gives such pixels; far from any sensor
    private readonly double[] _k;
    private readonly double[] _r;
    private readonly double _thetaEnd;
    private readonly double _distortedEnd;

    /// <summary>Makes a camera.</summary>
    /// <param name="sensor">Size of the raw and of the rectified image.</param>
    /// <param name="lens">Focal lengths and principal point of the raw image, px.</param>
    /// <param name="distortion">k1..k4, one an element.</param>
    /// <param name="rectification">R, the rotation from the raw to the rectified camera, 3×3 row by row.</param>
    /// <param name="rectified">Focal lengths and principal point of the rectified image, px.</param>
    /// <exception cref="ArgumentException">A size is wrong, a value is not finite, or R is not a rotation.</exception>
    public EquidistantCamera(SensorSize sensor, PinholeIntrinsics lens, ReadOnlySpan<double> distortion, ReadOnlySpan<double> rectification, PinholeIntrinsics rectified)
    {
        Guard.Length(distortion.Length, 4, nameof(distortion));
        Guard.Length(rectification.Length, 9, nameof(rectification));
        CheckDistortion(distortion);
        CheckRotation(rectification);
        Sensor = sensor;
        Lens = lens;
        Rectified = rectified;
        _k = distortion.ToArray();
        _r = rectification.ToArray();
        _thetaEnd = GrowthEnd();
        _distortedEnd = Distort(_thetaEnd);
    }

    /// <summary>Size of the raw and of the rectified image.</summary>
    public SensorSize Sensor { get; }

    /// <summary>Focal lengths and principal point of the raw image, px.</summary>
    public PinholeIntrinsics Lens { get; }

    /// <summary>Focal lengths and principal point of the rectified image, px.</summary>
    public PinholeIntrinsics Rectified { get; }

    /// <summary>k1..k4.</summary>
    public ReadOnlySpan<double> Distortion => _k;

    /// <summary>R, the rotation from the raw to the rectified camera, 3×3 row by row.</summary>
    public ReadOnlySpan<double> Rectification => _r;

    /// <summary>Where a raw pixel lies in the rectified image.</summary>
    /// <param name="x">Raw column, px; need not be whole nor on the sensor.</param>
    /// <param name="y">Raw row, px.</param>
    /// <returns>Rectified column and row, px; NaN where the lens model does not reach.</returns>
    public (double X, double Y) RawToRectified(double x, double y)
    {
        double a = (x - Lens.CentreXPx) / Lens.FocalXPx, b = (y - Lens.CentreYPx) / Lens.FocalYPx;
        double distorted = Math.Sqrt((a * a) + (b * b));
        double theta = Undistort(distorted);
        double scale = distorted > 0 ? Math.Tan(theta) / distorted : 1;
        a *= scale;
        b *= scale;
        double depth = (_r[6] * a) + (_r[7] * b) + _r[8];
        if (!(depth > 0))
        {
            return (double.NaN, double.NaN);
        }

        return ((Rectified.FocalXPx * ((_r[0] * a) + (_r[1] * b) + _r[2]) / depth) + Rectified.CentreXPx,
                (Rectified.FocalYPx * ((_r[3] * a) + (_r[4] * b) + _r[5]) / depth) + Rectified.CentreYPx);
    }

    /// <summary>Which raw pixel sees what a rectified pixel shows.</summary>
    /// <param name="x">Rectified column, px; need not be whole nor on the sensor.</param>
    /// <param name="y">Rectified row, px.</param>
    /// <returns>Raw column and row, px; NaN where the lens model does not reach.</returns>
    public (double X, double Y) RectifiedToRaw(double x, double y)
    {
        double p = (x - Rectified.CentreXPx) / Rectified.FocalXPx, q = (y - Rectified.CentreYPx) / Rectified.FocalYPx;
        double depth = (_r[2] * p) + (_r[5] * q) + _r[8];
        double a = ((_r[0] * p) + (_r[3] * q) + _r[6]) / depth;
        double b = ((_r[1] * p) + (_r[4] * q) + _r[7]) / depth;
        double radius = Math.Sqrt((a * a) + (b * b));
        double theta = Math.Atan(radius);
        if (!(depth > 0 && theta <= _thetaEnd))
        {
            return (double.NaN, double.NaN);
        }

        double scale = radius > 0 ? Distort(theta) / radius : 1;
        return ((Lens.FocalXPx * scale * a) + Lens.CentreXPx, (Lens.FocalYPx * scale * b) + Lens.CentreYPx);
    }

    /// <summary>The rectified coordinates of every raw pixel. Pixels that the lens model does not reach fall outside and are dropped.</summary>
    public RectificationMap ToMap()
    {
        var xs = new float[Sensor.Pixels];
        var ys = new float[Sensor.Pixels];
        for (int y = 0; y < Sensor.Height; y++)
        {
            for (int x = 0; x < Sensor.Width; x++)
            {
                (double toX, double toY) = RawToRectified(x, y);
                bool reached = !double.IsNaN(toX);
                xs[(y * Sensor.Width) + x] = (float)(reached ? toX : OffPlanePx);
                ys[(y * Sensor.Width) + x] = (float)(reached ? toY : OffPlanePx);
            }
        }

        return new RectificationMap(Sensor, xs, ys);
    }

    private double Distort(double theta)
    {
        double t = theta * theta;
        return theta * (1 + (t * (_k[0] + (t * (_k[1] + (t * (_k[2] + (t * _k[3]))))))));
    }

    private double Slope(double theta)
    {
        double t = theta * theta;
        return 1 + (t * ((3 * _k[0]) + (t * ((5 * _k[1]) + (t * ((7 * _k[2]) + (t * 9 * _k[3])))))));
    }

    /// <summary>Newton's method for θ from θd, kept inside a bracket that is halved wherever a step would leave it or is not half as long as the one before, as where Newton goes to and fro.</summary>
    private double Undistort(double distorted)
    {
        if (!(distorted <= _distortedEnd))
        {
            return double.NaN;
        }

        double low = 0, high = _thetaEnd, theta = Math.Min(distorted, high), step = high;
        for (int i = 0; i < 100; i++)
        {
            double error = Distort(theta) - distorted;
            if (Math.Abs(error) < 1e-14)
            {
                break;
            }

            (low, high) = error > 0 ? (low, theta) : (theta, high);
            double next = theta - (error / Slope(theta));
            next = next > low && next < high && Math.Abs(next - theta) < step / 2 ? next : (low + high) / 2;
            step = Math.Abs(next - theta);
            theta = next;
        }

        return theta;
    }

    /// <summary>The angle up to which θd grows with θ: just below a right angle at most, where a pinhole picture ends.</summary>
    private double GrowthEnd()
    {
        const int steps = 4096;
        const double rightAngle = Math.PI / 2;
        int end = 1;
        while (end < steps - 1 && Slope(rightAngle * (end + 1) / steps) > 0)
        {
            end++;
        }

        return rightAngle * end / steps;
    }

    private static void CheckDistortion(ReadOnlySpan<double> distortion)
    {
        foreach (double k in distortion)
        {
            if (!double.IsFinite(k))
            {
                throw new ArgumentException($"A distortion coefficient is {k}; all four must be finite.", nameof(distortion));
            }
        }
    }

    private static void CheckRotation(ReadOnlySpan<double> r)
    {
        const double tolerance = 1e-4;   // a matrix printed with five digits still passes; one in degrees or transposed by a typo does not
        for (int i = 0; i < 3; i++)
        {
            ReadOnlySpan<double> a = r.Slice(3 * i, 3), b = r.Slice(3 * ((i + 1) % 3), 3), c = r.Slice(3 * ((i + 2) % 3), 3);
            double length = (a[0] * a[0]) + (a[1] * a[1]) + (a[2] * a[2]);
            // Right-handed: each row is the cross product of the next two.
            double off = Math.Abs(a[0] - ((b[1] * c[2]) - (b[2] * c[1])))
                + Math.Abs(a[1] - ((b[2] * c[0]) - (b[0] * c[2])))
                + Math.Abs(a[2] - ((b[0] * c[1]) - (b[1] * c[0])));
            if (!(Math.Abs(length - 1) < tolerance && off < tolerance))
            {
                throw new ArgumentException($"Row {i} of the rectification matrix, ({a[0]}, {a[1]}, {a[2]}), does not belong to a rotation.", nameof(r));
            }
        }
    }
}
