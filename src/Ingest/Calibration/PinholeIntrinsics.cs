namespace StereoSpike.Ingest;

/// <summary>Focal lengths and principal point of a camera, in pixels.</summary>
public readonly record struct PinholeIntrinsics
{
    /// <summary>Makes intrinsics.</summary>
    /// <param name="focalXPx">Focal length along a row, px, greater than 0.</param>
    /// <param name="focalYPx">Focal length along a column, px, greater than 0.</param>
    /// <param name="centreXPx">Column of the principal point, px, finite.</param>
    /// <param name="centreYPx">Row of the principal point, px, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range or not a number.</exception>
    public PinholeIntrinsics(double focalXPx, double focalYPx, double centreXPx, double centreYPx)
    {
        const double largest = 1e6;
        FocalXPx = Guard.Within(focalXPx, 1e-3, largest, nameof(focalXPx));
        FocalYPx = Guard.Within(focalYPx, 1e-3, largest, nameof(focalYPx));
        CentreXPx = Guard.Within(centreXPx, -largest, largest, nameof(centreXPx));
        CentreYPx = Guard.Within(centreYPx, -largest, largest, nameof(centreYPx));
    }

    /// <summary>Focal length along a row, px.</summary>
    public double FocalXPx { get; }

    /// <summary>Focal length along a column, px.</summary>
    public double FocalYPx { get; }

    /// <summary>Column of the principal point, px.</summary>
    public double CentreXPx { get; }

    /// <summary>Row of the principal point, px.</summary>
    public double CentreYPx { get; }
}
