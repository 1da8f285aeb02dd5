namespace StereoSpike.Ingest;

/// <summary>What a simple event file does not say of itself.</summary>
public sealed record EventTextOptions
{
    /// <summary>Letters that <see cref="Order"/> may hold.</summary>
    public const string ColumnLetters = "txypcd_";

    /// <summary>Four columns, t x y p, in µs.</summary>
    public static EventTextOptions Text { get; } = new();

    /// <summary>Five columns, t x y p camera, in µs, of a 128×128 sensor.</summary>
    /// <remarks>
    /// Source: Dikov, Firouzi, Röhrbein, Conradt, Richter, "Spiking Cooperative Stereo-Matching at 2 ms Latency with Neuromorphic Hardware",
    /// Living Machines 2017. Their movingPersons counts pixels from 1, and their NSTlogo has the cameras exchanged:
    /// set <see cref="OneBased"/> and <see cref="SwapCameras"/>. Focal length and baseline are not published with them.
    /// </remarks>
    public static EventTextOptions StereoText { get; } = new() { Order = "txypc", Sensor = new SensorSize(128, 128) };

    /// <summary>Six columns, t x y p camera disparity, in µs: 240×180 px counted from 1, 250 px focal length, 0.12 m baseline.</summary>
    /// <remarks>Source: Xie, Chen, Orchard, "Event-Based Stereo Depth Estimation Using Belief Propagation", Frontiers in Neuroscience 2017.</remarks>
    public static EventTextOptions EmpStereo { get; } = new()
    {
        Order = "txypcd",
        OneBased = true,
        Sensor = new SensorSize(240, 180),
        FocalPx = 250,
        BaselineMetres = 0.12,
    };

    /// <summary>Arrays <c>left</c> and <c>right</c> with columns t x y p, in µs, of a 128×128 sensor, as Dikov et al. publish their pendulum.</summary>
    public static EventTextOptions StereoNpz { get; } = new() { Sensor = new SensorSize(128, 128) };

    /// <summary>The columns, a letter each: t time, x column, y row, p polarity, c camera (0 left, 1 right), d disparity in px, _ ignored.
    /// t, x, y and p must stand in it once.</summary>
    /// <exception cref="ArgumentException">Set to something else.</exception>
    public string Order { get; init => field = CheckedOrder(value); } = "txyp";

    /// <summary>What timestamps count.</summary>
    public TimeUnit TimeUnit { get; init; } = TimeUnit.Microseconds;

    /// <summary>Whether the first pixel is (1, 1) instead of (0, 0).</summary>
    public bool OneBased { get; init; }

    /// <summary>Whether the file's left is the rig's right: needed where its x_right = x_left <b>+</b> disparity.</summary>
    public bool SwapCameras { get; init; }

    /// <summary>Lines before the first event to leave out, at least 0. Comments (# or %) and a line of column names are left out in any case.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int HeaderLines { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Size of each camera; needed to read.</summary>
    public SensorSize? Sensor { get; init; }

    /// <summary>Focal length, px, greater than 0; needed for a stereo recording.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double? FocalPx { get; init => field = value is double focal ? Guard.Above(focal, 0.0) : null; }

    /// <summary>Distance between the cameras, metres, greater than 0; needed for a stereo recording.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double? BaselineMetres { get; init => field = value is double baseline ? Guard.Above(baseline, 0.0) : null; }

    /// <summary>Time between labels made from disparities, µs, at least 1; 50 ms, MVSEC's, unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public long LabelIntervalUs { get; init => field = Guard.AtLeast(value, 1L); } = 50_000;

    /// <summary>How far back a label's truth looks for the newest event of each pixel, µs, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public long TruthWindowUs { get; init => field = Guard.AtLeast(value, 1L); } = 50_000;

    /// <summary>What is known of a kind of file beforehand.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is none of those defined.</exception>
    public static EventTextOptions For(EventTextKind kind) => kind switch
    {
        EventTextKind.Text => Text,
        EventTextKind.StereoText => StereoText,
        EventTextKind.EmpStereo => EmpStereo,
        EventTextKind.StereoNpz => StereoNpz,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind is none of those defined."),
    };

    private static string CheckedOrder(string order)
    {
        ArgumentNullException.ThrowIfNull(order);
        bool known = order.All(ColumnLetters.Contains);
        bool once = "txyp".All(letter => order.Count(other => other == letter) == 1) && order.Count(letter => letter == 'c') <= 1 && order.Count(letter => letter == 'd') <= 1;
        return known && once
            ? order
            : throw new ArgumentException($"The order \"{order}\" must hold each of t, x, y and p once, c (camera) and d (disparity) at most once, and _ for columns to ignore; for example txyp.", nameof(order));
    }
}
