namespace StereoSpike.Ingest;

/// <summary>Which files make up a recording in MVSEC's layout: <c>X_data.hdf5</c>, <c>X_gt.hdf5</c> beside it, and a calibration folder <c>SCENE_calib</c>.</summary>
public static class MvsecPaths
{
    private const string DataEnding = "_data.hdf5", TruthEnding = "_gt.hdf5", CalibrationEnding = "_calib";

    /// <summary>The ground truth beside a data file; null where there is none.</summary>
    public static string? Truth(string dataPath)
    {
        string truth = Base(dataPath) + TruthEnding;
        return truth != dataPath && File.Exists(truth) ? truth : null;
    }

    /// <summary>The calibration folder beside a data file: of the recording itself, or of a scene its name begins with (indoor_flying1 of indoor_flying); null where there is none.</summary>
    public static string? Calibration(string dataPath)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(dataPath))!, name = Path.GetFileName(Base(dataPath));
        return Directory.EnumerateDirectories(folder, "*" + CalibrationEnding)
            .Where(candidate => name.StartsWith(Path.GetFileName(candidate)[..^CalibrationEnding.Length], StringComparison.Ordinal))
            .MaxBy(candidate => Path.GetFileName(candidate).Length);
    }

    /// <summary>The data files in a folder, in the order of their names.</summary>
    public static IReadOnlyList<string> DataFiles(string folder) => [.. Directory.EnumerateFiles(folder, "*" + DataEnding).Order(StringComparer.Ordinal)];

    /// <summary>Where the ground truth of a data file belongs.</summary>
    internal static string TruthFor(string dataPath) => Base(dataPath) + TruthEnding;

    /// <summary>Where the calibration of a data file belongs.</summary>
    internal static string CalibrationFor(string dataPath) => Base(dataPath) + CalibrationEnding;

    /// <summary>The recording's name.</summary>
    internal static string Name(string dataPath) => Path.GetFileName(Base(dataPath));

    private static string Base(string dataPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataPath);
        return dataPath.EndsWith(DataEnding, StringComparison.Ordinal) ? dataPath[..^DataEnding.Length] : Path.ChangeExtension(dataPath, null);
    }
}
