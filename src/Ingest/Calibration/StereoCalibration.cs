using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Two calibrated cameras and the distance between them: what rectifies recorded events, and distorts simulated ones.</summary>
public sealed record StereoCalibration
{
    private static readonly string[] MapEndings = ["_left_x_map.txt", "_left_y_map.txt", "_right_x_map.txt", "_right_y_map.txt"];

    private const double TolerancePx = 1e-3;   // far below what rounding to a pixel can show

    /// <summary>Makes a calibration.</summary>
    /// <param name="name">What messages and files call it.</param>
    /// <param name="left">The left camera.</param>
    /// <param name="right">The right camera, rectified to the same plane.</param>
    /// <param name="baselineMetres">Distance between the cameras, metres, greater than 0.</param>
    /// <exception cref="ArgumentException">The cameras differ in size or rectified intrinsics, so that rows or disparities would not agree.</exception>
    public StereoCalibration(string name, EquidistantCamera left, EquidistantCamera right, double baselineMetres)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Sensor != right.Sensor)
        {
            throw new ArgumentException($"The left camera is {left.Sensor} and the right {right.Sensor} px; a rig needs two of one size.");
        }

        CheckRectified(left.Rectified, right.Rectified);
        Name = name;
        Left = left;
        Right = right;
        BaselineMetres = Guard.Above(baselineMetres, 0.0, nameof(baselineMetres));
    }

    /// <summary>What messages and files call it.</summary>
    public string Name { get; }

    /// <summary>The left camera.</summary>
    public EquidistantCamera Left { get; }

    /// <summary>The right camera.</summary>
    public EquidistantCamera Right { get; }

    /// <summary>Distance between the cameras, metres.</summary>
    public double BaselineMetres { get; }

    /// <summary>Opens a calibration folder as MVSEC publishes them: the camera chain, and the four maps if they are there.</summary>
    /// <param name="folder">Holds one <c>camchain-*.yaml</c> of Kalibr and, for the scene it names, all or none of
    /// <c>SCENE_left_x_map.txt</c>, <c>…_left_y_…</c>, <c>…_right_x_…</c>, <c>…_right_y_…</c>.</param>
    /// <returns>A rig with the maps as published, or recomputed where there are none.</returns>
    /// <exception cref="InvalidDataException">The folder holds no or several camera chains, only some of the maps, or a file that cannot be used.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static StereoRig OpenFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string[] chains = Directory.GetFiles(folder, "camchain*.yaml");
        if (chains.Length != 1)
        {
            throw BadFile.Error(folder, "", $"holds {chains.Length} files named camchain*.yaml where one is needed", "Name the calibration folder of one scene, such as indoor_flying_calib.");
        }

        StereoCalibration calibration = KalibrCalibration.Read(chains[0]);
        string[] maps = [.. MapEndings.Select(ending => Path.Combine(folder, calibration.Name + ending))];
        string[] missing = [.. maps.Where(map => !File.Exists(map))];
        if (missing.Length == maps.Length)
        {
            return calibration.ToRig();
        }

        if (missing.Length > 0)
        {
            throw BadFile.Error(folder, "", $"lacks {string.Join(", ", missing.Select(Path.GetFileName))} beside the other maps", "Add it, or remove all four to have them recomputed from the camera chain.");
        }

        return calibration.ToRig(
            RectificationMapText.Read(maps[0], maps[1], calibration.Left.Sensor),
            RectificationMapText.Read(maps[2], maps[3], calibration.Right.Sensor));
    }

    /// <summary>One camera.</summary>
    public EquidistantCamera Of(Camera camera) => camera == Camera.Left ? Left : Right;

    /// <summary>The rectified rig, its maps recomputed from the lens model.</summary>
    public StereoRig ToRig() => ToRig(Left.ToMap(), Right.ToMap());

    private StereoRig ToRig(RectificationMap left, RectificationMap right) => new()
    {
        Name = Name,
        Sensor = Left.Sensor,
        FocalPx = Left.Rectified.FocalXPx,
        BaselineMetres = BaselineMetres,
        CentreXPx = Left.Rectified.CentreXPx,
        CentreYPx = Left.Rectified.CentreYPx,
        LeftMap = left,
        RightMap = right,
    };

    private static void CheckRectified(PinholeIntrinsics left, PinholeIntrinsics right)
    {
        double difference = Math.Max(
            Math.Max(Math.Abs(left.FocalXPx - right.FocalXPx), Math.Abs(left.FocalYPx - right.FocalYPx)),
            Math.Max(Math.Abs(left.CentreXPx - right.CentreXPx), Math.Abs(left.CentreYPx - right.CentreYPx)));
        if (difference > TolerancePx || Math.Abs(left.FocalXPx - left.FocalYPx) > TolerancePx)
        {
            throw new ArgumentException(
                $"The rectified cameras have (fx, fy, cx, cy) = ({left.FocalXPx}, {left.FocalYPx}, {left.CentreXPx}, {left.CentreYPx}) and ({right.FocalXPx}, {right.FocalYPx}, {right.CentreXPx}, {right.CentreYPx}) px; "
                + "both must share one focal length and centre, or disparity would not give depth.");
        }
    }
}
