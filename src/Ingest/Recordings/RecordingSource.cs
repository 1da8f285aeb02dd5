using System.Globalization;

namespace StereoSpike.Ingest;

/// <summary>A recording that can be opened, and what tells whether it is still the one it was.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Identity">A text that changes when the recording does: its files' names, sizes and times of change, or the words it is simulated from.</param>
/// <param name="Open">Opens it; the caller disposes what it gets.</param>
public sealed record RecordingSource(string Name, string Identity, Func<IStereoRecording> Open)
{
    /// <summary>A recording in MVSEC's layout; its ground truth and calibration count too.</summary>
    /// <param name="dataPath"><c>X_data.hdf5</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static RecordingSource OfMvsec(string dataPath)
    {
        CheckThere(dataPath);
        string[] calibration = MvsecPaths.Calibration(dataPath) is { } folder ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)] : [];
        IEnumerable<string> files = MvsecPaths.Truth(dataPath) is { } truth ? [dataPath, truth, .. calibration] : [dataPath, .. calibration];
        return new RecordingSource(MvsecPaths.Name(dataPath), string.Join('\n', files.Select(Identify)), () => MvsecRecording.Open(dataPath));
    }

    /// <summary>A recording in one file of another kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static RecordingSource OfFile(string path, Func<IStereoRecording> open)
    {
        CheckThere(path);
        return new RecordingSource(Path.GetFileNameWithoutExtension(path), Identify(path), open);
    }

    /// <summary>A recording that is a folder, such as a DSEC sequence; every file in it counts.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="open">Opens it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static RecordingSource OfFolder(string folder, Func<IStereoRecording> open) => new(
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
        string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => $"{Path.GetRelativePath(folder, path)}: {Identify(path)}").Order(StringComparer.Ordinal)),
        open);

    private static void CheckThere(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file or folder.", path);
        }
    }

    private static string Identify(string path)
    {
        var file = new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc.Ticks}");
    }
}
