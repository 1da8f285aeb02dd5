using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary>Turns what a verb is given into recordings.</summary>
internal static class RecordingFiles
{
    /// <summary>What the argument may be, for help texts.</summary>
    public const string Description =
        "A recording: X_data.hdf5 in MVSEC layout (X_gt.hdf5 and X_calib are found beside it), a folder that holds one, the folder of a DSEC sequence, stereo text (.txt, .dat, .csv) or .npz, or a simulated scene such as \"sim:room?rig=mvsec&seconds=2&seed=7\".";

    /// <summary>Opens one recording.</summary>
    /// <param name="source">A file, a folder with one recording, or a simulated set (<c>sim:…</c>), of which the first scene is taken.</param>
    /// <param name="calibrationFolder">The cameras' calibration; null where the recording has its own.</param>
    /// <param name="textOptions">What is said of a text file; null for what its kind implies.</param>
    /// <exception cref="ArgumentException">It is nothing known, or is given a calibration that it cannot use.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or lacks a calibration.</exception>
    public static IStereoRecording Open(string source, string? calibrationFolder, Func<EventTextKind, EventTextOptions>? textOptions = null)
    {
        if (DsecRecording.IsSequence(source))
        {
            return calibrationFolder is null ? DsecRecording.Open(source) : throw new ArgumentException($"{source}: a DSEC sequence has its own calibration; leave --calibration out.");
        }

        if (IsHdf5(source) || Directory.Exists(source))
        {
            string file = Directory.Exists(source) ? OnlyRecording(source) : source;
            return MvsecRecording.Open(file, calibrationFolder is null ? null : StereoCalibration.OpenFolder(calibrationFolder));
        }

        if (calibrationFolder is not null)
        {
            throw new ArgumentException($"{source}: only a recording in MVSEC layout takes a calibration folder; leave --calibration out.");
        }

        return source.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal)
            ? SimulatedSet.Parse(source).Recordings()[0]()
            : OpenText(source, textOptions ?? EventTextOptions.For);
    }

    /// <summary>Recordings to open one after another, in the order of their names.</summary>
    /// <param name="sources">Folders of recordings, files, and simulated sets.</param>
    /// <exception cref="ArgumentException">A folder holds no recording.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    public static IReadOnlyList<RecordingSource> OpenAll(IReadOnlyList<string> sources) => [.. sources.SelectMany(source =>
    {
        if (source.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal))
        {
            return SimulatedSet.Parse(source).Sources();
        }

        if (DsecRecording.IsSequence(source))
        {
            return [RecordingSource.OfFolder(source, () => DsecRecording.Open(source))];
        }

        IReadOnlyList<string> files = Directory.Exists(source) ? MvsecPaths.DataFiles(source) : [source];
        return files.Count > 0
            ? files.Select(file => IsHdf5(file) ? RecordingSource.OfMvsec(file) : RecordingSource.OfFile(file, () => Open(file, calibrationFolder: null)))
            : throw new ArgumentException($"{source}: holds no recording (X_data.hdf5). Make one with stereospike simulate or convert.");
    })];

    /// <summary>Whether a name is that of an HDF5 file.</summary>
    public static bool IsHdf5(string source) => Path.GetExtension(source) is ".hdf5" or ".h5";

    private static StereoEventList OpenText(string path, Func<EventTextKind, EventTextOptions> options)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file or folder.", path);
        }

        EventTextKind kind = EventTextFile.DetectKind(path)
            ?? throw new InvalidDataException($"{path}: is of no kind that is read here. Known are MVSEC layout (.hdf5), stereo text (t x y p camera [disparity]) and .npz with arrays left and right. Say what the columns are with --order, such as --order txypc.");
        using var progress = new TerminalProgress("reading ");
        return EventTextFile.Open(path, options(kind), progress);
    }

    private static string OnlyRecording(string folder) => MvsecPaths.DataFiles(folder) switch
    {
        [var only] => only,
        [] => throw new ArgumentException($"{folder}: holds no recording (X_data.hdf5)."),
        var several => throw new ArgumentException($"{folder}: holds {several.Count} recordings; name one, such as {Path.Combine(folder, Path.GetFileName(several[0]))}."),
    };
}
