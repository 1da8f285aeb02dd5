namespace StereoSpike.Ingest;

/// <summary>What our writer notes in a file beyond MVSEC's layout, so that it opens without a calibration folder; published files lack all of it.</summary>
internal static class MvsecAttributes
{
    public const string Width = "stereospike_width", Height = "stereospike_height";
    public const string FocalPx = "stereospike_focal_px", BaselineMetres = "stereospike_baseline_m";
    public const string CentreXPx = "stereospike_centre_x_px", CentreYPx = "stereospike_centre_y_px";
    public const string RigName = "stereospike_rig", EventsRectified = "stereospike_events_rectified";
    public const string TruthWindowUs = "stereospike_truth_window_us";

    /// <summary>The sensor's size, if noted.</summary>
    public static SensorSize? ReadSensor(Hdf5File file) =>
        file.Number(Width) is { } width && file.Number(Height) is { } height && width is >= 1 and <= SensorSize.MaximumSide && height is >= 1 and <= SensorSize.MaximumSide
            ? new SensorSize((int)width, (int)height)
            : null;

    /// <summary>The rig, if noted; its events are rectified, or <paramref name="needsMaps"/> says that they are raw.</summary>
    public static StereoRig? ReadRig(Hdf5File file, out bool needsMaps)
    {
        needsMaps = file.Number(EventsRectified) == 0;
        return ReadSensor(file) is { } sensor && file.Number(FocalPx) is { } focal && file.Number(BaselineMetres) is { } baseline && focal > 0 && baseline > 0
            ? new StereoRig
            {
                Name = file.Text(RigName) ?? "custom",
                Sensor = sensor,
                FocalPx = focal,
                BaselineMetres = baseline,
                CentreXPx = file.Number(CentreXPx) ?? (sensor.Width - 1) / 2.0,
                CentreYPx = file.Number(CentreYPx) ?? (sensor.Height - 1) / 2.0,
            }
            : null;
    }
}
