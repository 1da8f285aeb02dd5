namespace StereoSpike.Ingest;

/// <summary>Rigs to simulate with.</summary>
public static class SimulatedRigs
{
    /// <summary>Two DAVIS240C, rectified: 240×180 px, focal length 250 px, baseline 0.12 m, so one pixel of disparity at 30 m.</summary>
    public static StereoRig Davis240 { get; } = Custom(new SensorSize(240, 180), 250, 0.12) with { Name = "davis240" };

    /// <summary>MVSEC's indoor_flying rig: 346×260 px, one pixel of disparity at 19.94 m. Events are raw, bent by its fisheye lenses; depth is rectified.</summary>
    /// <remarks>See <see cref="MvsecIndoorFlying"/> for where its numbers come from.</remarks>
    public static StereoRig Mvsec => MvsecIndoorFlying.Rig;

    /// <summary>Two DVS128, rectified: 128×128 px, focal length 112 px (a 4.5 mm lens on 40 µm pixels), baseline 0.1 m: nominal, since recordings of such rigs come without calibration.</summary>
    public static StereoRig Dvs128 { get; } = Custom(new SensorSize(128, 128), 112, 0.1) with { Name = "dvs128" };

    /// <summary>The rigs that have a name.</summary>
    public static IReadOnlyList<string> Names { get; } = ["mvsec", "davis240", "dvs128"];

    /// <summary>A rig by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such rig.</exception>
    public static StereoRig Get(string name) => name switch
    {
        "mvsec" => Mvsec,
        "davis240" => Davis240,
        "dvs128" => Dvs128,
        _ => throw new ArgumentException($"There is no rig called \"{name}\"; there are {string.Join(", ", Names)}. Give width, height, focal length and baseline for another.", nameof(name)),
    };

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
