namespace StereoSpike.Ingest;

/// <summary>The cameras of MVSEC's indoor_flying recordings: two DAVIS m346B, 346×260 px, 10 cm apart.</summary>
/// <remarks>
/// The numbers are those of <c>camchain-imucam-indoor_flying.yaml</c>. Source: Zhu, Thakur, Özaslan, Pfrommer, Kumar, Daniilidis,
/// "The Multi Vehicle Stereo Event Camera Dataset: An Event Camera Dataset for 3D Perception", IEEE RA-L 2018 (arXiv:1801.10202);
/// University of Pennsylvania, licensed CC BY-SA 4.0. The maps published beside them are recomputed here.
/// </remarks>
public static class MvsecIndoorFlying
{
    private static readonly PinholeIntrinsics Rectified = new(199.6530123165822, 199.6530123165822, 177.43276376280926, 126.81215684365904);

    /// <summary>The lenses: rectifies raw pixels and distorts rectified ones.</summary>
    public static StereoCalibration Calibration { get; } = new("indoor_flying", Left(), Right(), 19.941771812941038 / 199.6530123165822);

    private static readonly Lazy<StereoRig> LazyRig = new(Calibration.ToRig);

    /// <summary>The rectified rig with its maps: 199.65 px, 0.0999 m, 19.9418 px·m.</summary>
    public static StereoRig Rig => LazyRig.Value;

    private static EquidistantCamera Left() => new(
        new SensorSize(346, 260),
        new PinholeIntrinsics(226.38018519795807, 226.15002947047415, 173.6470807871759, 133.73271487507847),
        [-0.048031442223833355, 0.011330957517194437, -0.055378166304281135, 0.021500973881459395],
        [
            0.999877311526236, 0.015019439766575743, -0.004447282784398257,
            -0.014996983873604017, 0.9998748347535599, 0.005040367172759556,
            0.004522429630305261, -0.004973052949604937, 0.9999774079320989,
        ],
        Rectified);

    private static EquidistantCamera Right() => new(
        new SensorSize(346, 260),
        new PinholeIntrinsics(226.0181418548734, 225.7869434267677, 174.5433576736815, 124.21627572590607),
        [-0.04846669832871334, 0.010092844338123635, -0.04293073765014637, 0.005194706897326005],
        [
            0.9999922706537476, 0.003931701344419404, -1.890238450965101e-05,
            -0.003931746704476347, 0.9999797362744968, -0.005006836150689904,
            -7.83382948021244e-07, 0.0050068717705076754, 0.9999874655386736,
        ],
        Rectified);
}
