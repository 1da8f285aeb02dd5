namespace StereoSpike;

/// <summary>Two cameras side by side, as they are after rectification: one focal length, shared rows, x_right = x_left − disparity.</summary>
/// <remarks><code>depth [m] = focal_px · baseline_m / disparity [px]</code></remarks>
public sealed record StereoRig
{
    /// <summary>Name of the preset or calibration, for messages and files.</summary>
    public string Name { get; init; } = "custom";

    /// <summary>Size of each camera.</summary>
    public required SensorSize Sensor { get; init; }

    /// <summary>Focal length of the rectified cameras, px, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public required double FocalPx { get; init => field = Guard.Above(value, 0.0); }

    /// <summary>Distance between the cameras, metres, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public required double BaselineMetres { get; init => field = Guard.Above(value, 0.0); }

    /// <summary>Principal point of the rectified cameras, column, px.</summary>
    public required double CentreXPx { get; init; }

    /// <summary>Principal point of the rectified cameras, row, px.</summary>
    public required double CentreYPx { get; init; }

    /// <summary>The left camera's rectification; null where its events are rectified already.</summary>
    public RectificationMap? LeftMap { get; init; }

    /// <summary>The right camera's rectification; null where its events are rectified already.</summary>
    public RectificationMap? RightMap { get; init; }

    /// <summary>Focal length times baseline: depth in metres of a point with one pixel of disparity, px·m.</summary>
    public double FocalBaselinePxMetres => FocalPx * BaselineMetres;

    /// <summary>The rectification of one camera, or null.</summary>
    public RectificationMap? Map(Camera camera) => camera == Camera.Left ? LeftMap : RightMap;

    /// <summary>Depth of a disparity.</summary>
    /// <param name="disparityPx">px; greater than 0 for a point in front of the rig.</param>
    /// <returns>Metres.</returns>
    public double DepthMetres(double disparityPx) => FocalBaselinePxMetres / disparityPx;

    /// <summary>Disparity of a depth.</summary>
    /// <param name="depthMetres">Metres, greater than 0.</param>
    /// <returns>px.</returns>
    public double DisparityPx(double depthMetres) => FocalBaselinePxMetres / depthMetres;
}
