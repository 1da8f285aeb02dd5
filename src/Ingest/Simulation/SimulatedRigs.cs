namespace StereoSpike.Ingest;

/// <summary>Rigs to simulate with.</summary>
public static class SimulatedRigs
{
    /// <summary>Two DAVIS240C, rectified: 240×180 px, focal length 250 px, baseline 0.12 m, so one pixel of disparity at 30 m.</summary>
    public static StereoRig Davis240 { get; } = Custom(new SensorSize(240, 180), 250, 0.12) with { Name = "davis240" };

    /// <summary>Any rectified rig that looks along the middle of its sensors.</summary>
    /// <param name="sensor">Size of each camera.</param>
    /// <param name="focalPx">Focal length, px, greater than 0.</param>
    /// <param name="baselineMetres">Distance between the cameras, metres, greater than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is 0, negative or NaN.</exception>
    public static StereoRig Custom(SensorSize sensor, double focalPx, double baselineMetres) => new()
    {
        Sensor = sensor,
        FocalPx = focalPx,
        BaselineMetres = baselineMetres,
        CentreXPx = (sensor.Width - 1) / 2.0,
        CentreYPx = (sensor.Height - 1) / 2.0,
    };
}
